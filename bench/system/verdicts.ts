import { memoryMark, sizeMark, timeMark } from './marks.ts'
import type { WorkName } from './options.ts'
import type { Figures, Step } from './rounds.ts'

/** What both programs measured in one round. */
export interface Round {
  readonly ours: Figures
  readonly theirs: Figures
}

/** A line of the result: a step of one work, over all rounds. */
export interface Verdict {
  readonly step: string
  /** Medians of the rounds, in seconds; in MiB for the size. */
  readonly ours: number
  readonly theirs: number
  /** The median of the ratios of the rounds: what disturbs a round disturbs both. */
  readonly ratio: number
  readonly mark: number | undefined
  /** The most of all rounds; `undefined` for the size. */
  readonly peaks?: { readonly oursMiB: number; readonly theirsMiB: number; readonly markMiB: number }
}

export function verdictsOf(work: WorkName, rounds: readonly Round[]): Verdict[] {
  const steps = [...(rounds[0]?.ours.costs.keys() ?? [])]
  return [...steps.map((step) => verdictOf(work, step, rounds)), sizeVerdict(rounds)]
}

export function isMet({ ratio, mark, peaks }: Verdict): boolean {
  return (mark === undefined || ratio <= mark) && (peaks === undefined || peaks.oursMiB <= peaks.markMiB)
}

function verdictOf(work: WorkName, step: Step, rounds: readonly Round[]): Verdict {
  const peakOf = (who: keyof Round): number =>
    Math.max(...rounds.map((round) => round[who].costs.get(step)?.peakMiB ?? 0))
  const theirsMiB = peakOf('theirs')
  return {
    step,
    ...mediansOf(rounds, (figures) => figures.costs.get(step)?.seconds ?? 0),
    mark: timeMark(work, step),
    peaks: { oursMiB: peakOf('ours'), theirsMiB, markMiB: memoryMark(theirsMiB) },
  }
}

function sizeVerdict(rounds: readonly Round[]): Verdict {
  const medians = mediansOf(rounds, ({ repositoryBytes = 0 }) => repositoryBytes / 2 ** 20)
  return { step: 'size of the repository, MiB', ...medians, mark: sizeMark }
}

function mediansOf(
  rounds: readonly Round[],
  valueOf: (figures: Figures) => number,
): { readonly ours: number; readonly theirs: number; readonly ratio: number } {
  return {
    ours: median(rounds.map(({ ours }) => valueOf(ours))),
    theirs: median(rounds.map(({ theirs }) => valueOf(theirs))),
    ratio: median(rounds.map(({ ours, theirs }) => valueOf(ours) / valueOf(theirs))),
  }
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length >> 1
  const upper = sorted[middle] ?? Number.NaN
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? upper) + upper) / 2
}
