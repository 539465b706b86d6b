import { wipe } from '../../core/bytes.ts'
import { RedomaError } from '../../core/errors.ts'
import { unfilled } from '../../core/unfilled.ts'
import { tagBytes } from '../lengths.ts'
import type { Primitives } from '../primitives.ts'
import { type AgeKey, openHeader } from './header.ts'
import { findHeaderEnd, headerCutOff, headerLimitBytes } from './header-end.ts'
import { payloadKey, payloadNonceBytes } from './payload-key.ts'
import { chunkBytes, openChunk, sealedChunkBytes } from './stream.ts'

/** An age file whose bytes can be had from anywhere in it. */
export interface RandomAccessFile {
  /** In bytes. */
  readonly size: number
  /** The bytes from `start` to before `end`, all of which exist. */
  read(start: number, end: number): Promise<Uint8Array>
}

/** The plaintext of an age file, from anywhere in it: 0.3 ms a place, for a ZIP or a recording of any length. */
export interface AgeReader extends Disposable {
  /** Of the plaintext, in bytes; authentic. */
  readonly size: number
  /**
   * The plaintext from `start` to before `end`, or to its end where that comes first. Authentic, as what is decrypted.
   *
   * @throws RedomaError `DATA_DAMAGED`
   */
  read(start: number, end: number): Promise<Uint8Array>
  /** Wipes the key. */
  [Symbol.dispose](): void
}

/**
 * Opens an age file for reading from anywhere. Its last chunk is authenticated first: that is what shows truncation, and
 * with it how long the plaintext is.
 *
 * @throws RedomaError as `decryptAge` does
 */
export async function openRandomAccess(
  file: RandomAccessFile,
  key: AgeKey,
  primitives: Primitives,
): Promise<AgeReader> {
  const { header, nonce, payloadStart } = await readStart(file)
  const fileKey = await openHeader(header, key)
  const streamKey = payloadKey(fileKey, nonce)
  wipe(fileKey)
  try {
    const payload = new Payload(file, payloadStart, streamKey, primitives)
    await payload.readChunks(payload.lastIndex, payload.lastIndex)
    return readerOf(payload, streamKey)
  } catch (error) {
    wipe(streamKey)
    throw error
  }
}

function readerOf(payload: Payload, streamKey: Uint8Array): AgeReader {
  return {
    size: payload.plaintextBytes,
    async read(start, end) {
      const limit = Math.min(end, payload.plaintextBytes)
      if (start >= limit) return new Uint8Array(0)
      const first = Math.floor(start / chunkBytes)
      const last = Math.floor((limit - 1) / chunkBytes)
      const chunks = await payload.readChunks(first, last)
      return chunks.subarray(start - first * chunkBytes, limit - first * chunkBytes)
    },
    [Symbol.dispose]() {
      wipe(streamKey)
    },
  }
}

/** The chunks after the header, which lie at places known from their number. */
class Payload {
  readonly lastIndex: number
  readonly plaintextBytes: number
  readonly #file: RandomAccessFile
  readonly #start: number
  readonly #key: Uint8Array
  readonly #primitives: Primitives

  constructor(file: RandomAccessFile, start: number, key: Uint8Array, primitives: Primitives) {
    const bytes = file.size - start
    // Less than a tag is the cut-off start of a chunk; `readChunks` refuses what is shorter than one.
    this.lastIndex = Math.max(0, Math.ceil(bytes / sealedChunkBytes) - 1)
    this.plaintextBytes = Math.max(0, bytes - (this.lastIndex + 1) * tagBytes)
    this.#file = file
    this.#start = start
    this.#key = key
    this.#primitives = primitives
  }

  /** The plaintext of the chunks from number `first` to `last`. */
  async readChunks(first: number, last: number): Promise<Uint8Array> {
    const start = this.#start + first * sealedChunkBytes
    const end = Math.min(this.#file.size, this.#start + (last + 1) * sealedChunkBytes)
    const sealed = await readExactly(this.#file, start, end)
    const plaintext = unfilled(Math.max(0, sealed.length - (last - first + 1) * tagBytes))
    for (let index = first; index <= last; index++) {
      const chunk = sealed.subarray(
        (index - first) * sealedChunkBytes,
        (index - first + 1) * sealedChunkBytes,
      )
      const out = plaintext.subarray((index - first) * chunkBytes, (index - first + 1) * chunkBytes)
      const fault = openChunk(this.#key, index, index === this.lastIndex, chunk, out, this.#primitives)
      if (fault !== undefined) throw fault.error
    }
    return plaintext
  }
}

interface Start {
  readonly header: Uint8Array
  readonly nonce: Uint8Array
  readonly payloadStart: number
}

/** Ours fit into the first read, with the hybrid recipients too. */
const firstReadBytes = 4096

async function readStart(file: RandomAccessFile): Promise<Start> {
  for (let length = firstReadBytes; ; length *= 4) {
    const start = await readExactly(
      file,
      0,
      Math.min(length, file.size, headerLimitBytes + payloadNonceBytes),
    )
    const headerEnd = findHeaderEnd(start)
    const payloadStart = (headerEnd ?? Infinity) + payloadNonceBytes
    if (payloadStart <= start.length) {
      return {
        header: start.slice(0, headerEnd),
        nonce: start.slice(headerEnd, payloadStart),
        payloadStart,
      }
    }
    if (start.length === file.size) throw headerCutOff()
  }
}

async function readExactly(file: RandomAccessFile, start: number, end: number): Promise<Uint8Array> {
  const bytes = await file.read(start, end)
  if (bytes.length === end - start) return bytes
  throw new RedomaError(
    'DATA_DAMAGED',
    `${end - start} bytes of the age file were asked for, ${bytes.length} came`,
  )
}
