import type { AuditEntry } from './audit-entry.ts'
/** That somebody opened a bundle for real. Added to, never changed. */
export interface Opening {
  /** 1, 2, 3 … */
  readonly id: number
  /** Scope and number of the bundle, where this instance knows it. */
  readonly scope?: string | undefined
  readonly sequence?: number | undefined
  /** File name of the bundle. */
  readonly object: string
  readonly openedAt: Date
  /** Who, in the words of who records it. */
  readonly openedBy: string
  readonly why: string
  readonly recordedAt: Date
  /** The system's user name of who records it. */
  readonly recordedBy: string
}

/** That one credential of an opened bundle needs no new value. */
export interface SettledExposure {
  readonly source: string
  readonly id: string
  readonly why: string
  readonly settledAt: Date
  readonly settledBy: string
}

export interface OpeningStore {
  add(opening: Omit<Opening, 'id'>): Promise<Opening>
  /** Newest first. */
  list(): Promise<Opening[]>
  /** Settling one twice keeps the first. One transaction, with the lines of the audit trail. */
  settle(
    openingId: number,
    exposures: readonly SettledExposure[],
    audited?: readonly AuditEntry[],
  ): Promise<void>
  settled(openingId: number): Promise<SettledExposure[]>
}
