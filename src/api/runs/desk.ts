import type { CreateBackupRequest } from '../../app/create-backup.ts'
import type { RunProgress, Transferred } from '../../ports/run-progress.ts'

export interface BackupRequest extends CreateBackupRequest {
  /** Of the snapshots. */
  readonly tags: readonly string[]
  /** How much of the credentials of the bundle before must be left, from 0 to 1. */
  readonly leastShare?: number | undefined
  /** How long others are waited for who work on a repository, in milliseconds. */
  readonly patienceMs: number
  /** Who asked for it; absent: the daemon does it by itself. */
  readonly actor?: string | undefined
}

/** Runs that this process does: begun here, followed and stopped here. */
export interface RunDesk {
  /**
   * Begins a run and says its number; it goes on by itself.
   *
   * @throws RedomaError those of `CreateBackup` that come before the run has begun
   */
  start(request: BackupRequest): Promise<number>
  /** Kept when the run has ended; at once of one that is not of this process. */
  ended(run: number): Promise<void>
  /** Whether it is a run of this process, which ends now as soon as it can. @param by who wants it, as the audit trail calls them */
  cancel(run: number, by: string): boolean
  /** How far a run of this process is. */
  progressOf(run: number): RunProgress | undefined
  /** What it moved, when it has come to its end; empty before, and some runs later. */
  transfersOf(run: number): readonly Transferred[]
  /** Kept when all runs have ended. */
  idle(): Promise<void>
}
