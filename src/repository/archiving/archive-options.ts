import type { BlobIndex } from '../blob-index/blob-index.ts'
import type { PackToPublish } from './open-packs.ts'

export interface ArchiveOptions {
  /** Where it is said, they start with the first file. */
  readonly workers: number | undefined
  readonly blobIndex: BlobIndex
  readonly withAccessTimes: boolean
  readonly signal: AbortSignal
  /** The memory of the pack is free again when the promise is kept. */
  readonly publish: (pack: PackToPublish) => Promise<void>
}
