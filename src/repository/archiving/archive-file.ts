import { closeSync, constants, openSync } from 'node:fs'
import { systemCode } from '../../core/errors.ts'
import type { FileCalls } from '../../crypto/file-calls.ts'
import type { FileStatus, FileTime } from '../../crypto/file-status.ts'
import type { Primitives } from '../../crypto/primitives.ts'
import type { BlobIndex } from '../blob-index/blob-index.ts'
import { type Chunker, minChunkBytes } from '../chunking/chunker.ts'
import { pathArgument, type RawPath } from '../files/raw-path.ts'
import type { ReadNode } from '../files/read-node.ts'
import { type BlobId, blobIdFromBytes, idBytes } from '../ids.ts'
import { encodeNode } from '../trees/encode-tree.ts'
import { nodeTypeOf } from '../trees/file-mode.ts'
import { readContent } from './content-reader.ts'
import type { ArchivedFile } from './messages.ts'
import type { OpenPacks } from './open-packs.ts'

const readBytes = 1024 * 1024
/** After so many zeros a chunk that is long enough is cut. */
const windowBytes = 64
/** Never through a link, and never waiting for a writer, should a fifo have taken the file's place. */
const openFlags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK

export type ArchiveFile = (path: RawPath) => ArchivedFile

/** Reads one file, stores what is new of it, and makes its node. What is wrong with the file itself is not thrown. */
export function makeArchiveFile(deps: {
  readonly primitives: Primitives
  readonly chunker: Chunker
  readonly blobIndex: BlobIndex
  readonly packs: OpenPacks
  readonly readNode: ReadNode
  readonly fileCalls: FileCalls
  /** Called between reads: a thread that must end ends here. */
  readonly onRead: () => void
}): ArchiveFile {
  const { primitives, chunker, blobIndex, packs } = deps
  const id = new Uint8Array(idBytes)
  /** Zeros are always cut at the least length, whatever the polynomial: of the longest hole only one chunk is ever hashed. */
  let idOfZeros: BlobId | undefined

  function storeChunk(chunk: Uint8Array): BlobId {
    primitives.sha256(chunk, id)
    if (blobIndex.claim('data', id)) packs.add(id, chunk)
    return blobIdFromBytes(id)
  }

  /** `storeChunk` may fail for other reasons than the file, so only reading is guarded. */
  function storeContent(fd: number, status: FileStatus): { content: BlobId[]; size: number } {
    const reader = readContent(fd, status, deps.fileCalls)
    const { memory } = chunker
    const content: BlobId[] = []
    let size = 0
    let start = 0
    let end = 0
    chunker.begin()
    for (;;) {
      if (end === memory.length) {
        memory.copyWithin(0, start, end)
        end -= start
        start = 0
      }
      deps.onRead()
      const hole = reading(() => reader.holeAhead())
      if (start === end && hole >= minChunkBytes) {
        content.push((idOfZeros ??= storeChunk(new Uint8Array(minChunkBytes))))
        reader.skip(minChunkBytes)
        size += minChunkBytes
        continue
      }
      // In a hole just enough for the chunk that is begun, so that it ends there and the rest is passed over.
      const wanted = hole > 0 ? Math.max(windowBytes, minChunkBytes - (end - start)) : readBytes
      const read = reading(() => reader.read(memory, end, Math.min(wanted, memory.length - end)))
      if (read === 0) break
      end += read
      size += read
      for (let length = chunker.cut(start, end); length > 0; length = chunker.cut(start, end)) {
        content.push(storeChunk(memory.subarray(start, start + length)))
        start += length
      }
      if (start === end) start = end = 0
    }
    if (end > start) content.push(storeChunk(memory.subarray(start, end)))
    return { content, size }
  }

  function archiveOpen(fd: number, path: RawPath): ArchivedFile {
    const status = reading(() => deps.fileCalls.statusOfOpen(fd))
    if (nodeTypeOf(status.mode) !== 'file') throw new FileTrouble('is no longer a file')
    const name = path.slice(path.lastIndexOf('/') + 1) as RawPath
    const { content, size } = storeContent(fd, status)
    const node = reading(() => deps.readNode(path, name, status, fd))
    const stored = { kind: 'stored', node: encodeNode({ ...node, size, content }), size } as const
    return hasChanged(fd, status, size) ? { ...stored, problem: 'changed while it was read' } : stored
  }

  function hasChanged(fd: number, before: FileStatus, size: number): boolean {
    if (size !== before.size) return true
    // What was read by one call is of one moment.
    if (size < readBytes) return false
    const after = reading(() => deps.fileCalls.statusOfOpen(fd))
    return after.size !== before.size || !isSameTime(after.modified, before.modified)
  }

  return (path) => {
    try {
      const fd = reading(() => openForReading(path))
      try {
        return archiveOpen(fd, path)
      } finally {
        closeSync(fd)
      }
    } catch (error) {
      if (error instanceof FileTrouble) return { kind: 'failed', problem: error.message }
      throw error
    }
  }
}

/** Something is wrong with the file, and not with us: the run goes on without it. */
class FileTrouble extends Error {}

function reading<T>(operation: () => T): T {
  try {
    return operation()
  } catch (error) {
    if (systemCode(error) === undefined) throw error
    throw new FileTrouble(describeTrouble(error), { cause: error })
  }
}

/** System errors name the path, which is said beside them already. */
export function describeTrouble(error: unknown): string {
  const code = systemCode(error) ?? ''
  const known: Readonly<Record<string, string>> = {
    ENOENT: 'vanished before it could be read',
    EACCES: 'may not be read',
    EPERM: 'may not be read',
    ELOOP: 'became a symbolic link',
    ENXIO: 'is no longer a file',
    EIO: 'cannot be read: the disk reports an error',
  }
  return known[code] ?? (error instanceof Error ? error.message : String(error))
}

/** Without leaving a trace in the access time, which only the owner of a file may ask for. */
function openForReading(path: RawPath): number {
  const argument = pathArgument(path)
  try {
    return openSync(argument, openFlags | constants.O_NOATIME)
  } catch (error) {
    if (systemCode(error) !== 'EPERM') throw error
    return openSync(argument, openFlags)
  }
}

function isSameTime(a: FileTime, b: FileTime): boolean {
  return a.seconds === b.seconds && a.nanoseconds === b.nanoseconds
}
