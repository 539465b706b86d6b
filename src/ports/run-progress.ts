import type { ProgressEvent } from './progress.ts'

/** How far a run is: all that who looks now has to know, however long it has been going on. */
export interface RunProgress {
  /** How many steps were begun; the last of them follows. */
  readonly steps: number
  readonly step?: string | undefined
  readonly unit?: Extract<ProgressEvent, { kind: 'step' }>['unit'] | undefined
  readonly done: number
  readonly total?: number | undefined
  readonly detail?: string | undefined
  /** Who is waited for, and until when at the longest. */
  readonly waiting?: (Remark & { readonly until: Date }) | undefined
  /** How many there were, and the last of them. */
  readonly warnings: number
  readonly lastWarnings: readonly Remark[]
}

interface Remark {
  readonly subject: string
  readonly message: string
}

/** What went to one place in a run, and came from it. */
export interface Transferred {
  readonly location: string
  readonly bytesUp: number
  readonly upMs: number
  readonly bytesDown: number
  readonly downMs: number
  /** What failed and was tried again. */
  readonly retries: number
}
