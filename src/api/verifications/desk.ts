import type { DataToVerify, Verification } from '../../app/verify-backup.ts'
import type { Progress } from '../../ports/progress.ts'
import type { RunProgress } from '../../ports/run-progress.ts'

/** What is to be verified, and who asked for it. */
export interface VerificationRequest {
  /** By their names; all where there is none. */
  readonly destinations: readonly string[]
  readonly readData: DataToVerify
  readonly actor: string
}

export type Verify = (
  request: VerificationRequest,
  progress: Progress,
  signal: AbortSignal,
) => Promise<readonly Verification[]>

/** A verification that was begun by the API. */
export interface DeskVerification {
  readonly id: string
  readonly startedAt: Date
  readonly startedBy: string
  readonly state:
    | { readonly kind: 'running'; readonly progress: RunProgress }
    | { readonly kind: 'done'; readonly report: readonly Verification[] }
    /** `by` nobody: the daemon was stopped. */
    | { readonly kind: 'cancelled'; readonly by: string | undefined }
    | { readonly kind: 'failed'; readonly why: string }
}

/** Verifications that this process was asked for: one at a time. What they find is in the catalogue; how they go is known here alone. */
export interface VerificationDesk {
  /** Begins one, which goes on by itself. @throws RedomaError `RUN_UNDER_WAY` */
  start(request: VerificationRequest): DeskVerification
  /** One that goes on, or of the last that have ended. @throws RedomaError `NOT_FOUND` */
  get(id: string): DeskVerification
  underWay(): DeskVerification | undefined
  /** It ends as soon as it can. @throws RedomaError `NOT_FOUND`; `USAGE` for one that has ended */
  cancel(id: string, by: string): void
  /** Kept when none goes on. */
  idle(): Promise<void>
}
