import type { FileProblem } from '../repository.ts'

/**
 * What becomes of a file that is there already, in restic's words. `always`: it is made equal, and what is equal already is
 * neither fetched nor written. `if-changed`: the same of size and modification time is taken for equal, unread.
 */
export type Overwrite = 'always' | 'if-changed' | 'if-newer' | 'never'

/** Whether what the snapshot does not have goes from the folders that are restored. */
export type Deletes = 'nothing' | 'extra' | 'extra, even of all below /'

export interface RestoreRequest {
  /** A folder or file inside the snapshot, absolute; all of it unless said. */
  readonly path?: string | undefined
  /** The folder that everything goes under, made when it is missing. */
  readonly target: string
  /** A folder that is there, without links in its path, which the target is looked for below, name by name, without following a link. */
  readonly below?: string | undefined
  /** gitignore patterns of what to restore; everything when empty. */
  readonly include: readonly string[]
  readonly exclude: readonly string[]
  /** `always` unless said. */
  readonly overwrite?: Overwrite | undefined
  /** `nothing` unless said. */
  readonly deletes?: Deletes | undefined
  /** Only say what would be written, kept and deleted: an event `entry` each. */
  readonly dryRun: boolean
  /** Read back what was written, and compare. */
  readonly verify: boolean
  /** How many threads decrypt and write; as many as there are processors unless said. */
  readonly workers?: number | undefined
}

export interface RestoreResult {
  /** That are whole now: written, unchanged, and further names of one file. */
  readonly files: number
  /** Of them. */
  readonly bytes: number
  /** Files that were equal already; at most their owner, times and the like were set. */
  readonly unchanged: number
  /** Entries that `overwrite` left as they are. */
  readonly left: number
  /** Entries that were removed since the snapshot does not have them. */
  readonly deleted: number
  /** Read from the packs, in bytes. */
  readonly fetchedBytes: number
  readonly problems: readonly FileProblem[]
}
