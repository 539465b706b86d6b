import type { Primitives } from '../../crypto/primitives.ts'
import type { SealingKey } from '../envelope/sealing-key.ts'
import type { ObjectId } from '../ids.ts'
import type { PackedBlob } from '../packs/packed-blob.ts'

export interface CheckSetup {
  readonly masterKey: SealingKey
  readonly primitives: Primitives['name']
}

/** A pack to verify, in shared memory: it is decrypted in place, and nobody else looks at it until the answer. */
export interface PackToVerify {
  readonly id: ObjectId
  readonly bytes: Uint8Array
  /** What should be in it, where that is known better than by its own header. */
  readonly blobs?: readonly PackedBlob[]
}

export interface VerifiedPack {
  /** SHA-256 of its header in the clear; `undefined` when that cannot be read, or was not looked at. */
  readonly header: string | undefined
  /** What is wrong with its name and its header. */
  readonly packProblems: readonly string[]
  readonly blobProblems: readonly string[]
}
