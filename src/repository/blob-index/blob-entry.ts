import type { BlobType } from '../packs/packed-blob.ts'

/** Where a blob lies. */
export interface BlobPlace {
  /** Number of the pack, as the caller counts packs. */
  readonly pack: number
  /** In bytes, of the sealed blob in its pack. */
  readonly offset: number
  readonly length: number
  /** In bytes; 0 when the blob is not compressed. */
  readonly uncompressedLength: number
}

export interface BlobEntry {
  readonly type: BlobType
  /** 32 bytes. */
  readonly id: Uint8Array
  /** `undefined` while it is only claimed. */
  readonly place: BlobPlace | undefined
}
