import { mkdirSync, rmSync, statfsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { consoleTable } from '../peers/console-table.ts'
import { markdownTable, writeFigures } from '../peers/document.ts'
import { machineText } from '../peers/machine.ts'
import { type Bench, type Cost, openBench } from '../peers/measure.ts'
import { type Program, redoma, restic } from '../peers/programs.ts'
import { makeFiles } from './make-files.ts'
import { measureIndex } from './measure-index.ts'

/*
 * How time and memory grow with the number of files, for Redoma's engine and stock restic, once each, and with the number of blobs in an index:
 *
 *     npm run bench:scale -- [--files 10000,100000,1000000] [--blobs 1000000,10000000] [--folder /dev/shm] [--write --date YYYY-MM-DD]
 */
const { values } = parseArgs({
  options: {
    files: { type: 'string', default: '10000,100000,1000000' },
    blobs: { type: 'string', default: '1000000,10000000' },
    folder: { type: 'string' },
    write: { type: 'boolean', default: false },
    date: { type: 'string', default: '' },
  },
})
if (values.write && values.date === '') throw new Error('--write needs --date')
const counts = values.files.split(',').map(Number)
using bench = openBench(values.folder ?? roomiest(Math.max(...counts)))
const programs = [redoma(bench.passwordFile), restic()]
const steps = [
  'first backup',
  'unchanged second backup',
  'check',
  'restore',
  'copy to another repository',
] as const
const head = ['', 'files', ...programs.flatMap(({ name }) => [`${name}, s`, 'MiB'])]
const rows = counts.flatMap((count) => measureCount(bench, count))
const indexHead = ['blobs in the index', 'redoma opens and loads it, s', 'MiB in all', 'bytes a blob in all']
const indexRows = await Array.fromAsync(values.blobs.split(',').map(Number), (blobs) =>
  measureIndex(bench, blobs),
)
console.log(`\n${consoleTable(indexHead, indexRows)}`)
const machine = machineText(bench.path, programs.map(({ name }) => name).at(-1) ?? '')
if (values.write) {
  const command = `npm run bench:scale -- ${process.argv.slice(2).join(' ')}`
  const text = `Measured on ${values.date}: ${machine}. \`${command}\``
  writeFigures('scale', `${text}\n\n${markdownTable(head, rows)}\n\n${markdownTable(indexHead, indexRows)}`)
}

function measureCount(within: Bench, count: number): string[][] {
  const source = join(within.path, 'source')
  mkdirSync(source)
  makeFiles(source, count)
  const costs = programs.map((program) => measureProgram(within, program, source))
  rmSync(source, { recursive: true })
  const lines = steps.map((step, n) => [
    step,
    String(count),
    ...costs.flatMap((each) => [each[n]?.seconds.toFixed(2) ?? '', each[n]?.peakMiB.toFixed(0) ?? '']),
  ])
  console.log(`\n${consoleTable(head, lines)}`)
  return lines
}

/** In the order of the steps. */
function measureProgram(within: Bench, program: Program, source: string): Cost[] {
  const repository = join(within.path, 'repository')
  const target = join(within.path, 'target')
  const copied = join(within.path, 'copied')
  for (const each of [repository, copied]) {
    mkdirSync(each)
    within.measure(program.init(each))
  }
  const costs = [
    program.backup(repository, source),
    program.backup(repository, source),
    program.check(repository),
    program.restore(repository, target),
    program.copy(repository, copied),
  ].map((command) => within.measure(command))
  for (const path of [repository, target, copied]) rmSync(path, { recursive: true })
  return costs
}

/** Memory, where there is enough of it: a file takes a page and an inode there, twice with its restored copy. */
function roomiest(files: number): string {
  const memory = '/dev/shm'
  const { bavail, bsize } = statfsSync(memory)
  return bavail * bsize > files * 16_000 ? memory : tmpdir()
}
