import { readSync } from 'node:fs'
import type { FileCalls } from '../../crypto/file-calls.ts'
import type { FileStatus } from '../../crypto/file-status.ts'

/** Reads an open file from its beginning to its end. */
export interface ContentReader {
  /** Bytes of the hole at the current position. */
  holeAhead(): number
  /** Passes over that many bytes of the hole. */
  skip(bytes: number): void
  /** Reads up to `length` bytes to `at` of `memory`; 0 at the end. */
  read(memory: Uint8Array, at: number, length: number): number
}

/** @throws the system's errors */
export function readContent(fd: number, { blocks, size }: FileStatus, calls: FileCalls): ContentReader {
  const unitOfBlocks = 512
  return blocks * unitOfBlocks < size ? readSparsely(fd, size, calls) : readAll(fd)
}

function readAll(fd: number): ContentReader {
  let ended = false
  return {
    holeAhead: () => 0,
    skip: () => undefined,
    read(memory, at, length) {
      // A file gives less than was asked for only at its end: most files are read by one call.
      const read = ended ? 0 : readSync(fd, memory, at, length, null)
      ended = read < length
      return read
    },
  }
}

/** Without asking the disk for zeros that it does not hold. */
function readSparsely(fd: number, fileBytes: number, calls: FileCalls): ContentReader {
  let position = 0
  let data = { start: 0, end: 0 }

  function holeAhead(): number {
    if (position >= data.end && position < fileBytes) {
      data = calls.nextData(fd, position, fileBytes) ?? { start: fileBytes, end: fileBytes }
    }
    return Math.max(0, data.start - position)
  }

  return {
    holeAhead,
    skip: (bytes) => {
      position += bytes
    },
    read(memory, at, length) {
      const hole = Math.min(holeAhead(), length)
      const toRead = data.end > position ? Math.min(length, data.end - position) : length
      if (hole > 0) memory.fill(0, at, at + hole)
      const read = hole > 0 ? hole : readSync(fd, memory, at, toRead, position)
      position += read
      return read
    },
  }
}
