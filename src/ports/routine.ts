import type { Schedule } from './plan.ts'

/**
 * What the daemon does on schedule beside the plans: reads back what was put at destinations, tells the heads of the ledgers, and reminds guardians
 * whose drill is overdue.
 */
export type RoutineName = (typeof routineNames)[number]
export const routineNames = ['verification', 'heads', 'reminders'] as const

/** What people say of one. */
export type RoutineWords = Pick<Routine, 'isEnabled' | 'schedule'>

export interface Routine {
  readonly name: RoutineName
  readonly isEnabled: boolean
  readonly schedule: Schedule
  /** When it was switched on, or given its schedule: what was due before is not made up for. */
  readonly activeSince: Date
  /** The newest due time that was seen to; of `verification` each destination has its own. */
  readonly lastDue?: Date | undefined
}

export interface RoutineStore {
  /** All of them, those that nobody ever changed as they are at first. */
  list(): Promise<Routine[]>
  get(name: RoutineName): Promise<Routine>
  /**
   * With another schedule, or switched on, it is as new from `at` on.
   *
   * @param before what this was decided on
   * @throws RedomaError `CHANGED_MEANWHILE` when people said something else of it since
   */
  set(name: RoutineName, words: RoutineWords, at: Date, before?: RoutineWords): Promise<void>
  /** That this due time was seen to. */
  settle(name: RoutineName, dueAt: Date): Promise<void>
}
