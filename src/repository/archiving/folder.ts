import type { FileStatus } from '../../crypto/file-status.ts'
import type { RawPath } from '../files/raw-path.ts'
import type { BlobId } from '../ids.ts'

/** A folder whose tree is being made: it is complete when it was listed and each of its entries has its node. */
export interface Folder {
  readonly path: RawPath
  readonly name: RawPath
  /** Seen from the path of the backup, for patterns; empty at that path. */
  readonly relative: RawPath
  /** Whether all that is in it was asked for, but for what the rules leave out; otherwise only what was named. */
  readonly isWhole: boolean
  /** The file system that the path of the backup lies on. */
  readonly rootDevice: number
  readonly stat: FileStatus
  /** Its tree in the parent snapshot. */
  readonly former: BlobId | undefined
  /** That one was there, and whole. */
  isFormerRead: boolean
  /** Where its own node belongs. */
  readonly place: Place | undefined
  /** Encoded, in the order of names; an entry that failed stays undefined. */
  readonly nodes: (string | undefined)[]
  /** Entries without a node yet, and one more until it is listed. */
  pending: number
}

/** The entry of a folder that a node is for. */
export interface Place {
  readonly folder: Folder
  readonly index: number
}

export function beginFolder(about: Omit<Folder, 'isFormerRead' | 'nodes' | 'pending'>): Folder {
  return { ...about, isFormerRead: false, nodes: [], pending: 1 }
}
