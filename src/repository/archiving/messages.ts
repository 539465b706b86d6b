import type { FileCalls } from '../../crypto/file-calls.ts'
import type { Primitives } from '../../crypto/primitives.ts'
import type { BlobIndexMemory } from '../blob-index/blob-index.ts'
import type { SealingKey } from '../envelope/sealing-key.ts'
import type { RawPath } from '../files/raw-path.ts'
import type { FinishedPack } from '../packs/pack-builder.ts'
import type { SharedBuffers } from '../threads/shared-buffers.ts'

/** What a thread that archives needs from its birth. */
export interface ArchiveSetup {
  readonly masterKey: SealingKey
  readonly chunkerPolynomial: bigint
  readonly primitives: Primitives['name']
  readonly fileCalls: FileCalls['name']
  readonly blobIndex: BlobIndexMemory
  readonly withAccessTimes: boolean
  /** For packs, of all threads together. */
  readonly packBuffers: SharedBuffers
}

export type ToArchiveThread =
  /** Files to read, by path. Bytes never cross a thread, only such lists do, many files in each. */
  | { readonly kind: 'archive'; readonly paths: readonly RawPath[] }
  /** No more files come: finish the packs. */
  | { readonly kind: 'finish' }

/** What became of one file. */
export type ArchivedFile =
  /** `node` is encoded, ready to be joined into a tree. */
  | {
      readonly kind: 'stored'
      readonly node: string
      readonly size: number
      readonly problem?: string
    }
  | { readonly kind: 'failed'; readonly problem: string }

export type FromArchiveThread =
  /** In the order of the paths; tasks are answered in the order they came. */
  | { readonly kind: 'archived'; readonly files: readonly ArchivedFile[] }
  /** `buffer` is the number of the buffer that the pack lies in, to be given back when it is published. */
  | { readonly kind: 'pack'; readonly pack: FinishedPack; readonly buffer: number }
  | { readonly kind: 'finished' }
