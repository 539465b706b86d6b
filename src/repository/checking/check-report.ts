/** Something that is wrong in a repository. */
export interface CheckProblem {
  /** What it is about: `data/<id>`, `index/<id>`, `snapshots/<id>`, `keys/<id>`, or a path in a snapshot. */
  readonly object: string
  readonly message: string
}

export interface CheckReport {
  /** None: every snapshot can be restored in whole, as far as was looked. */
  readonly problems: readonly CheckProblem[]
  readonly snapshots: number
  readonly packs: number
  readonly blobs: number
  readonly trees: number
  /** Packs that no index names: left by an interrupted backup, harmless. */
  readonly unindexedPacks: number
  /** Of packs whose content was verified. */
  readonly bytesRead: number
}
