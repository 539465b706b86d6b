import { readSync } from 'node:fs'
import type { FileCalls } from '../../crypto/file-calls.ts'
import type { Primitives } from '../../crypto/primitives.ts'
import { type BlobId, blobIdFromBytes, idBytes } from '../ids.ts'
import type { Scratch } from '../packs/scratch.ts'

export interface Chunk {
  readonly id: BlobId
  readonly length: number
}

export interface ReadChunksDeps {
  readonly primitives: Primitives
  readonly fileCalls: FileCalls
  readonly scratch: Scratch
}

/** Tells what an open file holds at a place. */
export interface ReadChunks {
  /** Whether the chunk lies there. What lies in a hole is not read: 200 GB of nothing take no time. */
  holds(fd: number, position: number, chunk: Chunk, fileSize: number): boolean
  /** The content of the chunk if it lies there; good until the next call. */
  read(fd: number, position: number, chunk: Chunk): Uint8Array | undefined
}

/** Lengths of which the id of so many zeros is remembered; the chunks of a hole have one or two. */
const zerosRemembered = 64

export function makeReadChunks({ primitives, fileCalls, scratch }: ReadChunksDeps): ReadChunks {
  const hash = new Uint8Array(idBytes)
  const zeroIds = new Map<number, BlobId>()

  function idOf(bytes: Uint8Array): BlobId {
    primitives.sha256(bytes, hash)
    return blobIdFromBytes(hash)
  }

  function idOfZeros(length: number): BlobId {
    const known = zeroIds.get(length)
    if (known !== undefined) return known
    if (zeroIds.size >= zerosRemembered) zeroIds.clear()
    const id = idOf(scratch.take(length).fill(0))
    zeroIds.set(length, id)
    return id
  }

  function read(fd: number, position: number, { id, length }: Chunk): Uint8Array | undefined {
    const bytes = scratch.take(length)
    return readAll(fd, bytes, position) && idOf(bytes) === id ? bytes : undefined
  }

  return {
    read,
    holds(fd, position, chunk, fileSize) {
      const { id, length } = chunk
      if (position + length > fileSize) return false
      const isHole = (fileCalls.nextData(fd, position, fileSize)?.start ?? fileSize) >= position + length
      return isHole ? idOfZeros(length) === id : read(fd, position, chunk) !== undefined
    },
  }
}

function readAll(fd: number, bytes: Uint8Array, position: number): boolean {
  for (let done = 0; done < bytes.length; ) {
    const read = readSync(fd, bytes, done, bytes.length - done, position + done)
    if (read === 0) return false
    done += read
  }
  return true
}
