import { execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { Bench, Cost } from '../peers/measure.ts'
import type { Program } from '../peers/programs.ts'
import { changeOnePercent, warm } from './sources.ts'

export const steps = [
  'first backup',
  'unchanged second backup',
  'restore',
  'restore, verified',
  'check, reading all data',
  'backup after 1 % of files changed',
] as const
export type Step = (typeof steps)[number] | 'forget and prune of half of 50 snapshots'

/** What a round measured of one program. */
export interface Figures {
  readonly costs: ReadonlyMap<Step, Cost>
  readonly repositoryBytes?: number
}

/** All steps on one source, by each program in the order given. Afterwards one of a hundred files of the source is another. */
export function measureSource(
  bench: Bench,
  programs: readonly Program[],
  source: string,
  round: number,
): Figures[] {
  warm(source)
  const before = programs.map((program, n) => measureUnchanged(bench, program, source, `${n}`))
  changeOnePercent(source, round)
  return programs.map((program, n) => {
    const repository = join(bench.path, `repository-${n}`)
    const costs = new Map(before[n]?.costs)
    costs.set('backup after 1 % of files changed', bench.measure(program.backup(repository, source)))
    rmSync(repository, { recursive: true })
    return { ...before[n], costs }
  })
}

function measureUnchanged(bench: Bench, program: Program, source: string, name: string): Figures {
  const repository = join(bench.path, `repository-${name}`)
  const target = join(bench.path, 'target')
  mkdirSync(repository)
  bench.measure(program.init(repository))
  const costs = new Map<Step, Cost>()
  costs.set('first backup', bench.measure(program.backup(repository, source)))
  costs.set('unchanged second backup', bench.measure(program.backup(repository, source)))
  // Redoma writes packs past the page cache, restic through it: what follows finds both in it.
  warm(repository)
  costs.set('restore', bench.measure(program.restore(repository, target)))
  rmSync(target, { recursive: true })
  costs.set('restore, verified', bench.measure(program.restoreVerified(repository, target)))
  rmSync(target, { recursive: true })
  costs.set('check, reading all data', bench.measure(program.checkReadingData(repository)))
  return { costs, repositoryBytes: bytesIn(repository) }
}

const snapshots = 50

/** A repository that has 50 snapshots, between each two of which one of a hundred files changed. */
export function makeHistory(bench: Bench, program: Program, source: string): string {
  const repository = join(bench.path, 'history')
  mkdirSync(repository)
  bench.measure(program.init(repository))
  for (let n = 0; n < snapshots; n++) {
    if (n > 0) changeOnePercent(source, n)
    bench.measure(program.backup(repository, source))
  }
  return repository
}

/** Each program on a copy of its own. */
export function measurePruning(bench: Bench, programs: readonly Program[], history: string): Figures[] {
  return programs.map((program) => {
    const repository = join(bench.path, 'pruned')
    cpSync(history, repository, { recursive: true })
    const cost = bench.measure(program.keepLast(repository, snapshots / 2))
    const figures: Figures = {
      costs: new Map([['forget and prune of half of 50 snapshots', cost]]),
      repositoryBytes: bytesIn(repository),
    }
    rmSync(repository, { recursive: true })
    return figures
  })
}

function bytesIn(folder: string): number {
  return Number(execFileSync('du', ['-sb', folder], { encoding: 'utf8' }).split('\t')[0])
}
