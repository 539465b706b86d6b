import type { BlobIndex } from '../blob-index/blob-index.ts'
import type { FinishedPack } from '../packs/pack-builder.ts'

export interface ArchiveOptions {
  /** Where it is said, they start with the first file. */
  readonly workers: number | undefined
  readonly blobIndex: BlobIndex
  readonly withAccessTimes: boolean
  readonly signal: AbortSignal
  /** The memory of the pack is free again when the promise is kept. */
  readonly publish: (pack: FinishedPack) => Promise<void>
}
