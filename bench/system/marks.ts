import type { WorkName } from './options.ts'
import type { Step } from './rounds.ts'

const firstBackup: Readonly<Partial<Record<WorkName, number>>> = { libraries: 0.6, small: 0.4, random: 0.5 }

/** At most so much of the time that restic takes; `undefined` where none is promised. */
export function timeMark(work: WorkName, step: Step): number | undefined {
  switch (step) {
    case 'first backup':
      return firstBackup[work]
    case 'unchanged second backup':
    case 'backup after 1 % of files changed':
      return 0.5
    case 'restore':
    case 'check, reading all data':
      return 0.6
    case 'forget and prune of half of 50 snapshots':
      return 0.8
    case 'restore, verified':
      return undefined
  }
}

/** Of the bytes of restic's repository. */
export const sizeMark = 1.02

/** In MiB: one and a half of what restic takes, or 200 MB. */
export function memoryMark(resticMiB: number): number {
  return Math.max(1.5 * resticMiB, 200e6 / 2 ** 20)
}
