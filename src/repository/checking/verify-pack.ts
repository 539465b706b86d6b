import { isRedomaError, messageOf, RedomaError } from '../../core/errors.ts'
import type { Primitives } from '../../crypto/primitives.ts'
import { type Envelope, envelopeOverhead, ivBytes } from '../envelope/envelope.ts'
import { blobIdFromBytes, idBytes, objectIdFromBytes } from '../ids.ts'
import { openBlob } from '../packs/open-blob.ts'
import { walkPackHeader } from '../packs/pack-header.ts'
import { openPackHeader } from '../packs/read-pack-header.ts'
import { makeScratch } from '../packs/scratch.ts'
import type { PackToVerify, VerifiedPack } from './messages.ts'

/** Of one blob; more than any program writes. */
const maxContentBytes = 1024 * 1024 * 1024

/**
 * Every byte of a pack: its name, its header, and each blob that the header (or whoever asks) says is in it, against that
 * blob's own name. Blobs are decrypted in place, and nothing is made for one that is whole: small files are many.
 */
export function makeVerifyPack(
  envelope: Envelope,
  primitives: Primitives,
): (pack: PackToVerify) => VerifiedPack {
  const hash = Buffer.alloc(idBytes)
  const scratch = makeScratch()

  /** What is wrong with a blob whose id is in `header` at `idAt`. */
  function problemOf(
    stored: Uint8Array,
    uncompressedLength: number,
    header: Uint8Array,
    idAt: number,
  ): string | undefined {
    if (stored.length < envelopeOverhead || uncompressedLength > maxContentBytes) {
      return 'it has an impossible length'
    }
    const body = stored.subarray(ivBytes, stored.length - envelopeOverhead + ivBytes)
    try {
      envelope.openInto(stored, body)
      const content = uncompressedLength === 0 ? body : decompress(body, uncompressedLength)
      primitives.sha256(content, hash)
      const isRight = hash.compare(header, idAt, idAt + idBytes) === 0
      return isRight ? undefined : 'it holds other content than its name says'
    } catch (error) {
      if (!isRedomaError(error)) throw error
      return messageOf(error)
    }
  }

  function decompress(body: Uint8Array, length: number): Uint8Array {
    const content = scratch.take(length)
    if (primitives.zstdDecompress(body, content) === length) return content
    throw new RedomaError('DATA_DAMAGED', 'it is shorter than it says')
  }

  function verifyByHeader(bytes: Uint8Array, problems: string[]): Uint8Array {
    const { header, start } = openPackHeader(bytes, envelope)
    const end = walkPackHeader(header, () => undefined)
    if (end !== start)
      throw new RedomaError('DATA_DAMAGED', `it tells of ${end} bytes, and there are ${start}`)
    walkPackHeader(header, (type, offset, length, uncompressedLength, idAt) => {
      const problem = problemOf(bytes.subarray(offset, offset + length), uncompressedLength, header, idAt)
      if (problem !== undefined)
        problems.push(`its ${type} blob ${blobIdFromBytes(header, idAt)}: ${problem}`)
    })
    return header
  }

  function verifyAsTold(
    { bytes, blobs = [] }: Pick<PackToVerify, 'bytes' | 'blobs'>,
    problems: string[],
  ): void {
    for (const blob of blobs) {
      attempt(`its ${blob.type} blob ${blob.id}`, problems, () => {
        const stored = bytes.subarray(blob.offset, blob.offset + blob.length)
        openBlob(blob, stored, envelope, primitives, scratch)
      })
    }
  }

  return ({ id, bytes, blobs }) => {
    const packProblems: string[] = []
    const blobProblems: string[] = []
    primitives.sha256(bytes, hash)
    if (objectIdFromBytes(hash) !== id) packProblems.push('its content does not match its name')
    if (blobs !== undefined) {
      verifyAsTold({ bytes, blobs }, blobProblems)
      return { header: undefined, packProblems, blobProblems }
    }
    const header = attempt('its header', packProblems, () => verifyByHeader(bytes, blobProblems))
    if (header !== undefined) primitives.sha256(header, hash)
    const headerHash = header === undefined ? undefined : objectIdFromBytes(hash)
    return { header: headerHash, packProblems, blobProblems }
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
