import { execFileSync, spawnSync } from 'node:child_process'
import { createCipheriv, randomBytes } from 'node:crypto'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { newerProgram } from '../test/support/newer-programs.ts'

/*
 * Redoma's engine and stock restic in turn on the same data: first backup, unchanged second, restore. Each as a process of
 * its own, measured by GNU time.
 *
 *     npm run bench [-- SIZE]        SIZE: 1 as said in the marks; 0.1 for a quick look
 */
const scale = Number(process.argv[2] ?? '1')
const rounds = Number(process.argv[3] ?? '1')

interface Cost {
  readonly seconds: number
  readonly cpuSeconds: number
  readonly peakMiB: number
}

interface Program {
  readonly name: string
  readonly init: (repository: string) => readonly string[]
  readonly backup: (repository: string, source: string) => readonly string[]
  readonly restore: (repository: string, target: string) => readonly string[]
}

const folder = mkdtempSync(join(tmpdir(), 'redoma-bench-'))
process.on('exit', () => {
  rmSync(folder, { recursive: true, force: true })
})

const drive = (...words: readonly string[]): readonly string[] => [
  process.execPath,
  join(import.meta.dirname, 'drive.ts'),
  ...words,
]
const redoma: Program = {
  name: 'redoma',
  init: (repository) => drive('init', repository),
  backup: (repository, source) => drive('backup', repository, source),
  restore: (repository, target) => drive('restore', repository, target),
}
const restic = (name: string, program: string): Program => ({
  name,
  init: (repository) => [program, '-q', '--no-cache', '-r', repository, 'init'],
  backup: (repository, source) => [program, '-q', '-r', repository, 'backup', source],
  restore: (repository, target) => [program, '-q', '-r', repository, 'restore', 'latest', '--target', target],
})
const newer = newerProgram('restic')
const programs = [
  redoma,
  restic(versionOf('restic'), 'restic'),
  ...(newer === undefined ? [] : [restic(versionOf(newer), newer)]),
]

for (const [title, make] of [
  ['a tree of libraries', makeLibraries],
  ['20,000 small files', makeSmallFiles],
  ['512 MiB of random data', makeRandomData],
] as const) {
  const source = join(folder, 'source')
  mkdirSync(source)
  make(source)
  spawnSync('sync')
  report(title, source)
  rmSync(source, { recursive: true })
}

function report(title: string, source: string): void {
  console.log(`\n${title} (${availableParallelism()} processors)`)
  console.log(row(['', 'wall s', '×', 'cpu s', 'MiB']))
  const results = programs.map((program) => ({ program, ...measureAll(program, source) }))
  const ours = results[0]
  for (const step of ['first backup', 'unchanged second', 'restore'] as const) {
    console.log(step)
    for (const { program, costs } of results) {
      const { seconds, cpuSeconds, peakMiB } = costs[step]
      const ratio = (ours?.costs[step].seconds ?? 0) / seconds
      console.log(
        row([
          `  ${program.name}`,
          seconds.toFixed(2),
          ratio.toFixed(2),
          cpuSeconds.toFixed(2),
          peakMiB.toFixed(0),
        ]),
      )
    }
  }
  console.log('repository')
  for (const { program, repositoryMiB } of results) {
    const ratio = (ours?.repositoryMiB ?? 0) / repositoryMiB
    console.log(row([`  ${program.name}`, `${repositoryMiB.toFixed(1)} MiB`, ratio.toFixed(3), '', '']))
  }
}

type Step = 'first backup' | 'unchanged second' | 'restore'

/** The least of all rounds counts: what disturbs only adds. */
function measureAll(
  program: Program,
  source: string,
): { readonly costs: Readonly<Record<Step, Cost>>; readonly repositoryMiB: number } {
  const all = Array.from({ length: rounds }, () => measureOnce(program, source))
  const best = (step: Step): Cost =>
    all.map(({ costs }) => costs[step]).reduce((a, b) => (a.seconds <= b.seconds ? a : b))
  const costs = {
    'first backup': best('first backup'),
    'unchanged second': best('unchanged second'),
    restore: best('restore'),
  }
  return { costs, repositoryMiB: all[0]?.repositoryMiB ?? 0 }
}

function measureOnce(
  program: Program,
  source: string,
): { readonly costs: Readonly<Record<Step, Cost>>; readonly repositoryMiB: number } {
  const repository = join(folder, 'repository')
  const target = join(folder, 'target')
  mkdirSync(repository)
  measure(program.init(repository))
  const costs = {
    'first backup': measure(program.backup(repository, source)),
    'unchanged second': measure(program.backup(repository, source)),
    restore: measure(program.restore(repository, target)),
  }
  const repositoryMiB =
    Number(execFileSync('du', ['-sb', repository], { encoding: 'utf8' }).split('\t')[0]) / 2 ** 20
  rmSync(repository, { recursive: true })
  rmSync(target, { recursive: true })
  return { costs, repositoryMiB }
}

function measure(command: readonly string[]): Cost {
  const figures = join(folder, 'figures')
  spawnSync('sync')
  const { status, stderr } = spawnSync('time', ['-o', figures, '-f', '%e %U %S %M', ...command], {
    env: {
      ...process.env,
      NODE_COMPILE_CACHE: join(folder, 'compiled'),
      RESTIC_PASSWORD: 'bench',
      RESTIC_CACHE_DIR: join(folder, 'cache'),
      TZ: 'UTC',
    },
    encoding: 'utf8',
  })
  if (status !== 0) throw new Error(`${command.join(' ')}: ${stderr}`)
  const [seconds = 0, user = 0, system = 0, kilobytes = 0] = readFileSync(figures, 'utf8')
    .trim()
    .split(' ')
    .map(Number)
  return { seconds, cpuSeconds: user + system, peakMiB: kilobytes / 1024 }
}

/** Programs and libraries of this machine, as a system backup meets them. */
function makeLibraries(target: string): void {
  const most = Math.round(700 * scale)
  let taken = 0
  for (const from of [
    '/usr/lib/python3',
    '/usr/lib/x86_64-linux-gnu',
    '/usr/share/doc',
    '/usr/lib/node_modules',
    '/usr/bin',
    '/usr/lib/gcc',
  ]) {
    if (taken >= most) break
    spawnSync('cp', ['-a', from, target])
    taken = Number(execFileSync('du', ['-sm', target], { encoding: 'utf8' }).split('\t')[0])
  }
}

function makeSmallFiles(target: string): void {
  const text = readFileSync('/usr/bin/env')
  const count = Math.round(20_000 * scale)
  for (let n = 0; n < count; n++) {
    const within = join(target, `${n % 200}`)
    if (n < 200) mkdirSync(within)
    const start = (n * 7) % (text.length - 4000)
    writeFileSync(
      join(within, `file-${n}`),
      `${n}\n${text.subarray(start, start + 200 + ((n * 37) % 3800)).toString('hex')}`,
    )
  }
}

function makeRandomData(target: string): void {
  const cipher = createCipheriv('aes-256-ctr', randomBytes(32), randomBytes(16))
  const piece = Buffer.alloc(64 * 1024 * 1024)
  for (let n = 0; n < Math.max(1, Math.round(8 * scale)); n++)
    writeFileSync(join(target, `random-${n}`), cipher.update(piece))
}

function versionOf(program: string): string {
  return execFileSync(program, ['version'], { encoding: 'utf8' }).split(' ').slice(0, 2).join(' ')
}

function row(cells: readonly string[]): string {
  return cells.map((cell, column) => (column === 0 ? cell.padEnd(24) : cell.padStart(10))).join('')
}
