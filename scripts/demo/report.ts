import { basename } from 'node:path'
import { styleText } from 'node:util'
import type { CameBack } from './emergency.ts'
import type { Run } from './protect.ts'
import type { Stage } from './stage.ts'

const differencesShown = 5

/** The end of the demo: what went where, how much, how long, and whether it all came back. */
export function report(stage: Stage, run: Run, cameBack: readonly CameBack[], tookSeconds: number): string {
  const kind = stage.isFirst
    ? 'the first run: everything was new'
    : 'an incremental run: only what changed was copied'
  const isEqual = cameBack.every(({ differences }) => differences.length === 0)
  return [
    '',
    rule(`Redoma demo · ${kind} · ${tookSeconds.toFixed(0)} s in all`),
    '',
    bold('  What went to demo/copies'),
    ...run.parts.map(partLine),
    '',
    bold('  What came back from there, with the master password alone'),
    ...cameBack.flatMap(cameBackLines),
    '',
    isEqual
      ? `  ${good('✓ Everything came back equal to what it was.')}`
      : `  ${bad('✗ Not everything came back as it was.')}`,
    '',
    bold('  What next'),
    ...next.map(([command, why]) => `    ${command.padEnd(60)} ${dim(why)}`),
    '',
  ].join('\n')
}

const next: readonly (readonly [string, string])[] = [
  ['npm run demo', 'again: the second run is incremental'],
  ['export PATH=$PWD/bin:$PATH REDOMA_HOME=$PWD/demo/instance', 'look around in the demo:'],
  ['redoma', 'how things stand'],
  ['redoma backup list', 'the runs'],
  ['redoma credential list', 'what is in the registry'],
  ['redoma --help', 'all there is'],
]

const itemWords = { secrets: 'credentials', system: 'files', recordings: 'recordings' } as const

function partLine({ job, source, figures, product, seconds, outcome }: Run['parts'][number]): string {
  const mark = outcome.kind === 'done' ? good('✓') : outcome.kind === 'failed' ? bad('✗') : warn('!')
  const news = figures.itemsNew === 0 ? 'nothing new' : `${number(figures.itemsNew)} new`
  const items = `${number(figures.items)} ${itemWords[job]}, ${news}`
  const name = job === 'system' ? `snapshot ${(product ?? '').slice(0, 8)}` : basename(product ?? '')
  return [
    `  ${mark} ${job.padEnd(11)}${source.padEnd(12)}${items.padEnd(29)}`,
    `${size(figures.bytes).padStart(10)} → ${size(figures.bytesStored).padEnd(10)}`,
    `${seconds.toFixed(1).padStart(5)} s  ${dim(name)}`,
  ].join('')
}

function number(value: number): string {
  return value.toLocaleString('en-US')
}

function cameBackLines({ what, detail, seconds, differences }: CameBack): string[] {
  const mark = differences.length === 0 ? good('✓') : bad('✗')
  const verdict = differences.length === 0 ? 'all equal' : `${differences.length} differ`
  return [
    `  ${mark} ${what.padEnd(11)}${detail.padEnd(60)}${verdict.padStart(10)} ${seconds.toFixed(1).padStart(6)} s`,
    ...differences.slice(0, differencesShown).map((difference) => `      ${difference}`),
  ]
}

function size(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`
  if (bytes < 1024 ** 2) return `${(bytes / 1024).toFixed(1)} KiB`
  return `${(bytes / 1024 ** 2).toFixed(1)} MiB`
}

function rule(title: string): string {
  return `${good('━━')} ${bold(title)} ${good('━'.repeat(Math.max(2, 96 - title.length)))}`
}

const good = (text: string): string => styleText('green', text)
const bad = (text: string): string => styleText('red', text)
const warn = (text: string): string => styleText('yellow', text)
const bold = (text: string): string => styleText('bold', text)
const dim = (text: string): string => styleText('dim', text)
