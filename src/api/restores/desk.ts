import type { PlannedRestore } from '../../app/restores/restores.ts'
import type { Restore } from '../../ports/restore.ts'
import type { RunProgress } from '../../ports/run-progress.ts'

/** Restores that this process does: one at a time, the others wait. What becomes of them is in the catalogue; how far they are is known here alone. */
export interface RestoreDesk {
  /**
   * Begins one when its turn comes.
   *
   * @param plan is asked when there is room for it: what was agreed to for it is spent by that
   * @throws RedomaError `RUN_UNDER_WAY` where too many wait, and what `plan` throws
   */
  start(plan: () => Promise<PlannedRestore>): Promise<Restore>
  /** Stops one that waits or goes on here; whether there is one. */
  cancel(id: number, by: string): boolean
  /** Kept when what this process does of it has ended, also in the catalogue. */
  ended(id: number): Promise<void>
  /** How far one of this process is. */
  progressOf(id: number): RunProgress | undefined
  /** Kept when all have ended. */
  idle(): Promise<void>
}
