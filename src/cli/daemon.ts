import type { Job } from '../ports/progress.ts'
import type { RunProgress, Transferred } from '../ports/run-progress.ts'

/** The daemon of the instance, by its socket. All throw `DAEMON_FAILED` when it does not answer, and the errors that it has itself. */
export interface Daemon {
  /** Of its program. @throws RedomaError `DAEMON_FAILED` */
  version(): Promise<string>
  /** Begins a run and says its number. @throws RedomaError `RUN_UNDER_WAY`, `NOT_FOUND` */
  startRun(request: RunRequest): Promise<number>
  /** It ends as soon as it can. @throws RedomaError `USAGE` where it is not the daemon's, or has ended */
  stopRun(run: number): Promise<void>
  /** What becomes of a run, whoever does it. Without an `end` it was cut off. */
  followRun(run: number, signal: AbortSignal): AsyncIterable<RunNews>
}

/** What a plan says, or what is named; all of a kind where none is. */
export type CopiesByName =
  | { readonly plan: string }
  | {
      readonly jobs: readonly Job[]
      readonly sources: readonly string[]
      readonly destinations: readonly string[]
    }

export type RunRequest = CopiesByName & {
  /** Of the snapshots. */
  readonly tags: readonly string[]
  readonly leastShare: number
  /** How long others are waited for who work on a repository. */
  readonly patienceMs: number
}

export type RunNews =
  | { readonly kind: 'progress'; readonly progress: RunProgress }
  | { readonly kind: 'transfers'; readonly transfers: readonly Transferred[] }
  | { readonly kind: 'end' }
