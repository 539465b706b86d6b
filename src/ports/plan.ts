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
  /** Runs when secrets or recordings changed, and nothing did for so long. */
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
