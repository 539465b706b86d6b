import { execFileSync } from 'node:child_process'
import { randomFillSync } from 'node:crypto'
import { closeSync, openSync, rmSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { newerProgram } from '../../test/support/newer-programs.ts'
import { consoleTable } from '../peers/console-table.ts'
import { markdownTable, writeFigures } from '../peers/document.ts'
import { machineText } from '../peers/machine.ts'
import { type Cost, openBench } from '../peers/measure.ts'
import type { Command } from '../peers/programs.ts'
import { type GlassWorld, launcher, makeGlassWorld } from './world.ts'

/*
 * The speed of bundles and of sealing, each program as a process of its own, against the marks and against the newest stock `age`:
 *
 *     npm run bench:glass -- [--credentials 100000] [--mebibytes 1024] [--rounds 3] [--folder /dev/shm] [--write --date YYYY-MM-DD]
 *
 * What is measured of a bundle is `redoma backup create --only secrets` from its start to its end: the registry read and opened, the
 * files made, sealed, proven, put at a local destination, read back and decrypted to the end, and written into the ledger.
 */
const { values } = parseArgs({
  options: {
    credentials: { type: 'string', default: '100000' },
    mebibytes: { type: 'string', default: '1024' },
    rounds: { type: 'string', default: '3' },
    folder: { type: 'string', default: '/dev/shm' },
    write: { type: 'boolean', default: false },
    date: { type: 'string', default: '' },
  },
})
if (values.write && values.date === '') throw new Error('--write needs --date')
const [rounds, mebibytes] = [Number(values.rounds), Number(values.mebibytes)]
using bench = openBench(values.folder)
const age = newerProgram('age') ?? 'age'
const ageName = `age ${execFileSync(age, ['--version'], { encoding: 'utf8' }).trim()}`
const drive = (...words: readonly string[]): Command => [
  ...[
    process.execPath,
    '--max-semi-space-size=8',
    '--heap-growing-percent=100',
    join(import.meta.dirname, 'drive.ts'),
  ],
  ...words,
]
const world = await makeGlassWorld(bench, Number(values.credentials))
process.env['REDOMA_HOME'] = world.home
const bundleRows = measureBundles(world)
const fileRows = measureFiles(world)
const bundleHead = ['', 's', 'mark', 'processor, s', 'MiB at the most', 'mark']
const fileHead = [`${mebibytes} MiB`, 'Redoma, s', `${ageName}, s`, 'ratio', 'mark']
for (const [head, rows] of [
  [bundleHead, bundleRows],
  [fileHead, fileRows],
] as const) {
  console.log(`\n${consoleTable(head, rows)}`)
}
if (values.write) {
  const command = `npm run bench:glass -- ${process.argv.slice(2).join(' ')}`
  const text = `Measured on ${values.date}: ${machineText(bench.path, ageName)}. The best of ${rounds} rounds. \`${command}\``
  const tables = [markdownTable(bundleHead, bundleRows), markdownTable(fileHead, fileRows)]
  writeFigures('glass', [text, ...tables].join('\n\n'))
}

function measureBundles(made: GlassWorld): string[][] {
  const create = [launcher, 'backup', 'create', '--only', 'secrets']
  const creating = best(
    () => bench.measure(create),
    () => {
      made.clear()
    },
  )
  bench.measure(create)
  const open = [
    'glass',
    'open',
    made.newestBundle(),
    '--identity',
    made.identityFile,
    '--search',
    'no such credential',
    '--json',
  ]
  const opened = best(() => bench.measure([launcher, ...open]))
  const row = (what: string, cost: Cost, marks: readonly [string, string]): string[] => [
    ...[
      what,
      cost.seconds.toFixed(2),
      marks[0],
      cost.cpuSeconds.toFixed(2),
      cost.peakMiB.toFixed(0),
      marks[1],
    ],
  ]
  return [
    row(`a bundle of ${values.credentials} credentials`, creating, ['10', '381']),
    row('opening and searching it, without scrypt', opened, ['', '']),
  ]
}

function measureFiles({ recipient, identityFile }: GlassWorld): string[][] {
  const [plain, sealed, opened] = ['plain', 'sealed', 'opened'].map((name) => join(bench.path, name)) as [
    string,
    string,
    string,
  ]
  fill(plain)
  const works: readonly (readonly [string, Command, Command])[] = [
    ['sealing', drive('seal', recipient, plain, sealed), [age, '-r', recipient, '-o', sealed, plain]],
    [
      'opening',
      drive('open', identityFile, sealed, opened),
      [age, '-d', '-i', identityFile, '-o', opened, sealed],
    ],
  ]
  const rows = works.map(([what, ours, theirs]) => {
    const seconds = { ours: Infinity, theirs: Infinity }
    for (let round = 0; round < rounds; round++) {
      for (const who of ['ours', 'theirs'] as const) {
        rmSync(what === 'sealing' ? sealed : opened, { force: true })
        seconds[who] = Math.min(seconds[who], bench.measure(who === 'ours' ? ours : theirs).seconds)
      }
    }
    const ratio = (seconds.ours / seconds.theirs).toFixed(2)
    return [what, seconds.ours.toFixed(2), seconds.theirs.toFixed(2), ratio, '1.00']
  })
  return [...rows, seekRow(sealed, identityFile)]
}

function seekRow(sealed: string, identityFile: string): string[] {
  const [program = '', ...words] = drive('seek', identityFile, sealed, '2000')
  const times = JSON.parse(execFileSync(program, words, { encoding: 'utf8' })) as number[]
  const at = (share: number): string => (times[Math.floor(times.length * share)] ?? 0).toFixed(2)
  return [`reading 4 KiB anywhere: half within ${at(0.5)} ms, 99 % within ${at(0.99)} ms`, '', '', '', '1 ms']
}

function fill(path: string): void {
  const file = openSync(path, 'w')
  const chunk = Buffer.alloc(1024 * 1024)
  for (let count = 0; count < mebibytes; count++) writeSync(file, randomFillSync(chunk))
  closeSync(file)
}

/** Other programs can only make a round slower. The peak is that of all rounds. */
function best(measure: () => Cost, after: () => void = () => undefined): Cost {
  const costs = Array.from({ length: rounds }, () => {
    const cost = measure()
    after()
    return cost
  })
  const [fastest] = costs.toSorted((a, b) => a.seconds - b.seconds)
  return {
    ...(fastest ?? { seconds: 0, cpuSeconds: 0 }),
    peakMiB: Math.max(...costs.map(({ peakMiB }) => peakMiB)),
  }
}
