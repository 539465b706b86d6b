import type { FileProblem } from '../repository.ts'

export interface RestoreRequest {
  /** A folder or file inside the snapshot, absolute; all of it unless said. */
  readonly path?: string | undefined
  /** The folder that everything goes under, made when it is missing. */
  readonly target: string
  /** gitignore patterns of what to restore; everything when empty. */
  readonly include: readonly string[]
  readonly exclude: readonly string[]
  /** Only say what would be restored. */
  readonly dryRun: boolean
  /** Read back what was written, and compare. */
  readonly verify: boolean
  /** How many threads decrypt and write; as many as there are processors unless said. */
  readonly workers?: number | undefined
}

export interface RestoreResult {
  readonly files: number
  readonly bytes: number
  readonly problems: readonly FileProblem[]
}
