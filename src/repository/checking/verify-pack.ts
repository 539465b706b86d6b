import { isRedomaError, messageOf } from '../../core/errors.ts'
import type { Primitives } from '../../crypto/primitives.ts'
import type { Envelope } from '../envelope/envelope.ts'
import { blobIdFromBytes, objectIdFromBytes } from '../ids.ts'
import { openBlob } from '../packs/open-blob.ts'
import type { PackedBlob } from '../packs/packed-blob.ts'
import { packHeaderOf } from '../packs/read-pack-header.ts'
import { makeScratch } from '../packs/scratch.ts'
import type { PackToVerify, VerifiedPack } from './messages.ts'

/**
 * Every byte of a pack: its name, its header, and each blob that the header (or whoever asks) says is in it, against that
 * blob's own name. Blobs are decrypted in place.
 */
export function makeVerifyPack(
  envelope: Envelope,
  primitives: Primitives,
): (pack: PackToVerify) => VerifiedPack {
  const hash = new Uint8Array(32)
  const scratch = makeScratch()

  const hexOf = (bytes: Uint8Array): string => {
    primitives.sha256(bytes, hash)
    return blobIdFromBytes(hash)
  }

  const verifyBlob = (pack: Uint8Array, blob: PackedBlob): void => {
    const stored = pack.subarray(blob.offset, blob.offset + blob.length)
    openBlob(blob, stored, envelope, primitives, scratch)
  }

  return ({ id, bytes, blobs }) => {
    const packProblems: string[] = []
    const blobProblems: string[] = []
    primitives.sha256(bytes, hash)
    if (objectIdFromBytes(hash) !== id) packProblems.push('its content does not match its name')
    const own = attempt('its header', packProblems, () => packHeaderOf(bytes, envelope))
    const header = own === undefined ? undefined : hexOf(own.header)
    for (const blob of blobs ?? own?.blobs ?? []) {
      attempt(`its ${blob.type} blob ${blob.id}`, blobProblems, () => {
        verifyBlob(bytes, blob)
      })
    }
    return { memory: bytes.buffer, header, packProblems, blobProblems }
  }
}

function attempt<T>(what: string, problems: string[], work: () => T): T | undefined {
  try {
    return work()
  } catch (error) {
    if (!isRedomaError(error)) throw error
    problems.push(`${what}: ${messageOf(error)}`)
    return undefined
  }
}
