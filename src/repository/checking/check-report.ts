import type { ObjectId } from '../ids.ts'

/** Something that is wrong in a repository. */
export interface CheckProblem {
  /** What it is about: `config`, `data/<id>`, `index/<id>`, `snapshots/<id>`, `keys/<id>`, or a path in a snapshot. */
  readonly object: string
  readonly message: string
  /** What to do first, where that is not to repair. */
  readonly hint?: string | undefined
}

export interface CheckReport {
  /** None: every snapshot can be restored in whole, as far as was looked. */
  readonly problems: readonly CheckProblem[]
  /** What is untidy and harms nobody. */
  readonly hints: readonly string[]
  readonly snapshots: number
  readonly packs: number
  readonly blobs: number
  readonly trees: number
  /** Packs whose content was verified. */
  readonly packsRead: number
  readonly bytesRead: number
  /** Of those, the ones that are not what they should be. */
  readonly damagedPacks: readonly ObjectId[]
}
