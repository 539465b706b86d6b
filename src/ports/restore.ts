import type { ErrorCode } from '../core/errors.ts'
import type { AuditEntry } from './audit-entry.ts'
import type { Page, PageRequest } from './paging.ts'

/** What becomes of a file that is there already and differs. */
export const overwrites = ['always', 'if-changed', 'if-newer', 'never'] as const

/** What a daemon was asked to restore, and where to. */
export interface RestoreWhat {
  /** Its name then. */
  readonly destination: string
  /** Its whole id. */
  readonly snapshot: string
  /** Of the snapshot: whose it is. */
  readonly source: string
  readonly hostname: string
  /** A folder or file in it; all of it where none is named. */
  readonly path?: string | undefined
  /** Absolute. */
  readonly target: string
  readonly include: readonly string[]
  readonly exclude: readonly string[]
  readonly overwrite: (typeof overwrites)[number]
  /** Whether what the snapshot does not have goes from the folders that are restored. */
  readonly delete: boolean
  readonly dryRun: boolean
  /** Whether what was written is read back and compared. */
  readonly verify: boolean
}

/** What a restore came to. */
export interface RestoreOutcome {
  readonly files: number
  readonly bytes: number
  readonly unchanged: number
  readonly left: number
  readonly deleted: number
  readonly fetchedBytes: number
  /** All of them, and the first. */
  readonly problemCount: number
  readonly problems: readonly { readonly path: string; readonly message: string }[]
  /** What a dry run would write and delete: all of it, and the first. */
  readonly entryCount: number
  readonly entries: readonly PlannedEntry[]
}

export interface PlannedEntry {
  readonly path: string
  readonly action: 'write' | 'delete'
  readonly bytes: number
}

export type RestoreEnd =
  | { readonly kind: 'done' | 'done-with-warnings'; readonly outcome: RestoreOutcome }
  | {
      readonly kind: 'failed'
      readonly failure: {
        readonly code: ErrorCode
        readonly message: string
        readonly hint?: string | undefined
      }
    }
  | { readonly kind: 'cancelled'; readonly by: string }

export type RestoreState =
  | { readonly kind: 'waiting' | 'running' }
  | RestoreEnd
  /** Its process died: what is in the target is whole or not there, file by file, and the same restore goes on from it. */
  | { readonly kind: 'lost' }

export const restoreStates = [
  'waiting',
  'running',
  'done',
  'done-with-warnings',
  'failed',
  'cancelled',
  'lost',
] as const satisfies readonly RestoreState['kind'][]

/** A restore that a daemon was asked for. */
export interface Restore {
  /** 1, 2, 3 … */
  readonly id: number
  readonly what: RestoreWhat
  readonly askedBy: string
  readonly askedAt: Date
  /** When its turn came. */
  readonly startedAt?: Date | undefined
  readonly finishedAt?: Date | undefined
  readonly state: RestoreState
}

export interface RestoreStore {
  /** Keeps one that waits in a process, with its line in the audit trail. One transaction. */
  add(
    asked: Pick<Restore, 'what' | 'askedBy' | 'askedAt'>,
    processId: number,
    audited: AuditEntry,
  ): Promise<Restore>
  begin(id: number, at: Date): Promise<void>
  finish(id: number, end: RestoreEnd, at: Date): Promise<void>
  /** @throws RedomaError `NOT_FOUND` */
  get(id: number): Promise<Restore>
  /** @throws RedomaError `USAGE` for a position of another order */
  page(request: PageRequest<'id'>): Promise<Page<Restore>>
  /** Closes those as lost whose process has died, and says which. */
  closeLost(): Promise<number[]>
}
