import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { writeFigures } from '../peers/document.ts'
import { machineText } from '../peers/machine.ts'
import { type Bench, openBench } from '../peers/measure.ts'
import { type Program, redoma, restic } from '../peers/programs.ts'
import { type BenchOptions, parseOptions, usage, type WorkName } from './options.ts'
import { type Result, resultMarkdown, resultText, summaryOf } from './report.ts'
import { type Figures, makeHistory, measurePruning, measureSource } from './rounds.ts'
import { makeLibraries, makeRandomData, makeSmallFiles } from './sources.ts'
import { type Round, verdictsOf } from './verdicts.ts'

/*
 * Redoma's engine and stock restic in turn on the same data, against the marks. Each run is a process of its own, measured by
 * GNU time, with source and repository in the page cache, and what was written before is synced first. Of several rounds the median of the ratios
 * counts; who comes first changes from round to round. See `usage` in options.ts.
 */
interface Work {
  readonly title: string
  readonly make: (source: string, scale: number) => void
}

const works: Readonly<Record<WorkName, Work>> = {
  libraries: { title: 'A tree of libraries, about 800 MiB in 7,000 files', make: makeLibraries },
  small: { title: '50,000 small files', make: makeSmallFiles },
  random: { title: '1 GiB of random data in 100 files', make: makeRandomData },
  prune: {
    title: 'A repository with 50 snapshots of 10,000 small files, of which 1 % change each time',
    make: (source, scale) => {
      makeSmallFiles(source, scale / 5)
    },
  },
}

const options = optionsOrUsage()
using bench = openBench(options.folder)
const peer = restic()
const programs: readonly [Program, Program] = [redoma(bench.passwordFile), peer]
const machine = machineText(bench.path, peer.name)
console.log(`${machine}\n${roundsText(options)}`)
const results = options.works.map((name) => measureWork(bench, name))
console.log(`\n${summaryOf(results)}`)
if (options.isWritten) writeFigures('system', documentText(results))

function measureWork(within: Bench, name: WorkName): Result {
  const { title, make } = works[name]
  const source = join(within.path, 'source')
  mkdirSync(source)
  make(source, options.scale)
  // By restic, so that neither has made it as it likes it best.
  const history = name === 'prune' ? makeHistory(within, peer, source) : undefined
  const rounds = Array.from({ length: options.rounds }, (_, round) =>
    inTurn(round, (order) =>
      history === undefined
        ? measureSource(within, order, source, round)
        : measurePruning(within, order, history),
    ),
  )
  for (const path of [source, history]) if (path !== undefined) rmSync(path, { recursive: true })
  const result = { title, verdicts: verdictsOf(name, rounds) }
  console.log(resultText(result, peer.name))
  return result
}

/** Who comes first finds another machine than who comes second. */
function inTurn(round: number, measure: (order: readonly Program[]) => Figures[]): Round {
  const order = round % 2 === 0 ? programs : programs.toReversed()
  const figures = measure(order)
  const [ours, theirs] = programs.map((program) => figures[order.indexOf(program)])
  if (ours === undefined || theirs === undefined) throw new Error('a program was not measured')
  return { ours, theirs }
}

function documentText(all: readonly Result[]): string {
  const command = `npm run bench -- ${process.argv.slice(2).join(' ')}`
  return [
    `Measured on ${options.date}: ${machine}. ${roundsText(options)} \`${command}\``,
    `**${summaryOf(all)}**`,
    ...all.map((result) => resultMarkdown(result, peer.name)),
  ].join('\n\n')
}

function roundsText({ rounds, scale }: BenchOptions): string {
  const stand = peer.name.includes(' 0.19.') ? '' : ' It stands in for restic 0.19.1, which was not fetched.'
  const size = scale === 1 ? '' : ` Scale ${scale} of what the titles say.`
  return `Medians of ${rounds} rounds.${size}${stand}`
}

function optionsOrUsage(): BenchOptions {
  try {
    return parseOptions(process.argv.slice(2))
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : String(error)}\n\n${usage}`)
    return process.exit(2)
  }
}
