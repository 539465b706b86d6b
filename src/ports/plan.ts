import type { ExchangingStore } from './named-store.ts'
import type { Job } from './progress.ts'

/** What is copied where, and when. */
export interface Plan {
  /** A UUID: renaming a plan must not lose what is known about it. */
  readonly id: string
  readonly name: string
  readonly isEnabled: boolean
  readonly jobs: readonly Job[]
  /** Names of sources that it is limited to; all of them when empty. */
  readonly sources: readonly string[]
  /** Names; all of them when empty. */
  readonly destinations: readonly string[]
  readonly schedule: Schedule
  /** Programs that quiesce a system around a run. */
  readonly hooks: { readonly before?: Hook | undefined; readonly after?: Hook | undefined }
  readonly createdAt: Date
  /** When it was made, switched on, or given its schedule: what was due before is not made up for. */
  readonly activeSince: Date
}

export interface Schedule {
  /** Five fields, as crontab(5) has them. Absent: only after changes, or by hand. */
  readonly cron?: string | undefined
  /** A name of the IANA time zone database. */
  readonly timeZone: string
  /** A run begins by less than this later than it is due, always by the same amount for one due time, and before the next is due. */
  readonly jitterSeconds: number
  /** In which runs may begin; whenever when empty. A run that is due outside of all begins with the next. */
  readonly windows: readonly Window[]
  /** Runs when credentials of the registry changed, and none did for so long. */
  readonly afterChangesSeconds?: number | undefined
  /** Between the beginnings of two runs; 0 for no limit. */
  readonly leastSecondsBetween: number
}

/** Times of day in the schedule's zone; `to`, which is outside, goes over midnight where it is before `from`. */
export interface Window {
  /** `HH:MM` */
  readonly from: string
  readonly to: string
}

/** Started without a shell, in a minimal environment. */
export interface Hook {
  readonly argv: readonly string[]
  readonly limitSeconds: number
}

export interface PlanStore extends ExchangingStore<Plan> {
  /** What its runs were until then. Runs that a clock dated later, which was set back since, do not count. */
  history(planId: string, now: Date): Promise<PlanHistory>
  /**
   * The same of many plans, for who asks again and again: what has not changed is not read again, and is the same object as before. So are the plans of `list`.
   *
   * @returns a history of each
   */
  histories(planIds: readonly string[], now: Date): Promise<ReadonlyMap<string, PlanHistory>>
  /**
   * Begins the run that is due then, unless one of that time or a later one was begun already, or the plan is gone or switched off, or any run is under way: two at once would
   * write one bundle sequence and one repository. A run whose process died may be begun again, three times. One transaction.
   *
   * @returns its number; `undefined` when it is not for this process to begin
   */
  claim(planId: string, dueAt: Date, startedAt: Date, processId: number): Promise<number | undefined>
}

/** Of a plan's runs. One whose process died, and that may be begun again, counts for the newest alone. */
export interface PlanHistory {
  /** The newest due time that was claimed. */
  readonly lastDue?: Date | undefined
  /** When the last one began, due or by hand. */
  readonly lastStarted?: Date | undefined
  /** When the last one began that was done, with warnings or without. */
  readonly lastDone?: Date | undefined
  /** Number of the newest. */
  readonly newest?: number | undefined
}
