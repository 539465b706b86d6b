import { execFileSync, spawnSync } from 'node:child_process'
import { createCipheriv, randomBytes } from 'node:crypto'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { newerProgram } from '../test/support/newer-programs.ts'

/*
 * Redoma's engine and stock restic in turn on the same data: first backup, unchanged second, restore. Each as a process of
 * its own, measured by GNU time; of several rounds the least counts, since what disturbs only adds. All read from the page
 * cache: what they read was just written.
 *
 *     npm run bench [-- SIZE [ROUNDS]]        SIZE: 1 as said in the marks; 0.1 for a quick look
 *
 * Redoma is measured by bench/drive.ts, which starts as bin/redoma does (same flags, compiled code kept) and calls the engine
 * that `redoma backup create` and `redoma restore` call, with no catalogue and no run to record, as restic has none.
 */
const scale = Number(process.argv[2] ?? '1')
const rounds = Number(process.argv[3] ?? '2')
const steps = ['first backup', 'unchanged second', 'restore', 'restore, verified'] as const
type Step = (typeof steps)[number]

/** The marks of a release. */
const maxSizeRatio = 1.05
const maxPeakMiB = 350

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
  readonly restoreVerified: (repository: string, target: string) => readonly string[]
}

interface Figures {
  readonly costs: Readonly<Record<Step, Cost>>
  readonly repositoryMiB: number
}

const folder = mkdtempSync(join(tmpdir(), 'redoma-bench-'))
process.on('exit', () => {
  rmSync(folder, { recursive: true, force: true })
})

const drive = (...words: readonly string[]): readonly string[] => [
  process.execPath,
  '--min-semi-space-size=16',
  join(import.meta.dirname, 'drive.ts'),
  ...words,
]
const redoma: Program = {
  name: 'redoma',
  init: (repository) => drive('init', repository),
  backup: (repository, source) => drive('backup', repository, source),
  restore: (repository, target) => drive('restore', repository, target),
  restoreVerified: (repository, target) => drive('restore-verified', repository, target),
}
const restic = (name: string, program: string): Program => ({
  name,
  init: (repository) => [program, '-q', '--no-cache', '-r', repository, 'init'],
  backup: (repository, source) => [program, '-q', '-r', repository, 'backup', source],
  restore: (repository, target) => [program, '-q', '-r', repository, 'restore', 'latest', '--target', target],
  restoreVerified: (repository, target) => [
    ...[program, '-q', '-r', repository, 'restore', 'latest', '--verify'],
    ...['--target', target],
  ],
})
const newer = newerProgram('restic')
const peers = [
  restic(versionOf('restic'), 'restic'),
  ...(newer === undefined ? [] : [restic(versionOf(newer), newer)]),
]
let missed = 0

for (const [title, make] of [
  ['a tree of libraries', makeLibraries],
  ['20,000 small files', makeSmallFiles],
  ['512 MiB of random data', makeRandomData],
] as const) {
  const source = join(folder, 'source')
  mkdirSync(source)
  make(source)
  report(title, measureInTurn(source))
  rmSync(source, { recursive: true })
}
console.log(missed === 0 ? '\nall marks met' : `\n${missed} marks missed`)

/** Of each program, the best of all rounds; they take turns, so that a noisy minute disturbs them alike. */
function measureInTurn(source: string): ReadonlyMap<Program, Figures> {
  const results = new Map<Program, Figures>()
  for (let round = 0; round < rounds; round++) {
    for (const program of [redoma, ...peers]) {
      const figures = measureOnce(program, source)
      const before = results.get(program)
      results.set(program, before === undefined ? figures : bestOf(before, figures))
    }
  }
  return results
}

function bestOf(a: Figures, b: Figures): Figures {
  const best = (step: Step): Cost => ({
    ...(a.costs[step].seconds <= b.costs[step].seconds ? a : b).costs[step],
    peakMiB: Math.max(a.costs[step].peakMiB, b.costs[step].peakMiB),
  })
  return { costs: costsBy(best), repositoryMiB: a.repositoryMiB }
}

function measureOnce(program: Program, source: string): Figures {
  const repository = join(folder, 'repository')
  const target = join(folder, 'target')
  mkdirSync(repository)
  measure(program.init(repository))
  const commands: Readonly<Record<Step, readonly string[]>> = {
    'first backup': program.backup(repository, source),
    'unchanged second': program.backup(repository, source),
    restore: program.restore(repository, target),
    'restore, verified': program.restoreVerified(repository, target),
  }
  const costs = costsBy((step) => {
    const cost = measure(commands[step])
    rmSync(target, { recursive: true, force: true })
    return cost
  })
  const du = execFileSync('du', ['-sb', repository], { encoding: 'utf8' })
  rmSync(repository, { recursive: true })
  return { costs, repositoryMiB: Number(du.split('\t')[0]) / 2 ** 20 }
}

/** In the order of the steps. */
function costsBy(costOf: (step: Step) => Cost): Readonly<Record<Step, Cost>> {
  return Object.fromEntries(steps.map((step) => [step, costOf(step)])) as Record<Step, Cost>
}

function report(title: string, results: ReadonlyMap<Program, Figures>): void {
  console.log(
    `\n${title} (${availableParallelism()} processors, best of ${rounds}; engine by bench/drive.ts)`,
  )
  console.log(row(['', 'wall s', 'redoma ÷', 'cpu s', 'peak MiB', 'mark']))
  const ours = results.get(redoma)
  if (ours === undefined) return
  for (const step of steps) {
    console.log(step)
    for (const [program, { costs }] of results) {
      const { seconds, cpuSeconds, peakMiB } = costs[step]
      const ratio = ours.costs[step].seconds / seconds
      const isMet = program === redoma ? peakMiB <= maxPeakMiB : ratio <= 1
      const figures = [seconds.toFixed(2), ratio.toFixed(2), cpuSeconds.toFixed(2), peakMiB.toFixed(0)]
      console.log(row([`  ${program.name}`, ...figures, verdict(isMet)]))
    }
  }
  console.log('size of the repository, MiB')
  for (const [program, { repositoryMiB }] of results) {
    const ratio = ours.repositoryMiB / repositoryMiB
    const figures = [repositoryMiB.toFixed(1), ratio.toFixed(3), '', '']
    console.log(
      row([`  ${program.name}`, ...figures, program === redoma ? '' : verdict(ratio <= maxSizeRatio)]),
    )
  }
}

function verdict(isMet: boolean): string {
  if (!isMet) missed++
  return isMet ? 'met' : 'MISSED'
}

function measure(command: readonly string[]): Cost {
  const figures = join(folder, 'figures')
  spawnSync('sync', ['-f', folder])
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
