import { closeSync, constants, ftruncateSync, openSync, readSync, renameSync, writeSync } from 'node:fs'
import { isRedomaError, messageOf, type RedomaError, systemCode } from '../../core/errors.ts'
import type { FileCalls } from '../../crypto/file-calls.ts'
import type { Primitives } from '../../crypto/primitives.ts'
import type { Envelope } from '../envelope/envelope.ts'
import { applyMetadata } from '../files/apply-metadata.ts'
import { pathArgument, type RawPath } from '../files/raw-path.ts'
import { blobIdFromBytes, idBytes } from '../ids.ts'
import { openBlob } from '../packs/open-blob.ts'
import { makeScratch, type Scratch } from '../packs/scratch.ts'
import type {
  BlobToWrite,
  FileToVerify,
  FileToWrite,
  FromRestoreThread,
  RestoreProblem,
  ToRestoreThread,
} from './messages.ts'
import { temporaryPathOf } from './temporary-path.ts'

/** Nothing but its owner may look into a file before its permissions are set; a link in its place is never followed. */
const openFlags = constants.O_WRONLY | constants.O_CREAT | constants.O_NOFOLLOW | constants.O_NONBLOCK
/** Runs of zeros at least this long become holes. */
const holeBytes = 64 * 1024
const zeros = new Uint8Array(holeBytes)

type Answer = Pick<FromRestoreThread, 'problems' | 'damaged'>

/** Does what a message asks for. What is wrong with single files or blobs is told, not thrown. */
export function makeWriteFiles(deps: {
  readonly envelope: Envelope
  readonly primitives: Primitives
  readonly fileCalls: FileCalls
  readonly mark: string
}): (message: ToRestoreThread) => FromRestoreThread {
  const scratch = makeScratch()
  const temporary = (file: FileToWrite): RawPath => temporaryPathOf(file.path, deps.mark, file.number)

  function writeRegion(
    bytes: Uint8Array,
    blobs: readonly BlobToWrite[],
    files: readonly FileToWrite[],
  ): Answer {
    const problems: RestoreProblem[] = []
    const damaged: { blob: number; message: string }[] = []
    const open = new Map<number, number>()
    /** Files that are not finished here: they failed, or lack a blob that is damaged. */
    const unfinished = new Set<number>()
    const failed = new Set<number>()
    const fail = (file: number, error: unknown): void => {
      if (failed.has(file)) return
      failed.add(file)
      unfinished.add(file)
      problems.push({ file: files[file]?.number ?? -1, message: describe(error), isFatal: true })
    }
    for (const [number, { blob, writes }] of blobs.entries()) {
      const content = contentOf(blob, bytes, (error) => {
        damaged.push({ blob: number, message: error.message })
        for (const { file } of writes) unfinished.add(file)
      })
      if (content === undefined) continue
      const extents = dataExtents(content)
      for (const { file, position } of writes) {
        const target = files[file]
        if (target === undefined || failed.has(file)) continue
        try {
          const fd = open.get(file) ?? openFile(temporary(target))
          open.set(file, fd)
          for (const { from, to } of extents) writeAll(fd, content.subarray(from, to), position + from)
        } catch (error) {
          fail(file, error)
        }
        // Small files are done with their only blob, and must not stay open in their thousands.
        if (position === 0 && content.length === target.size) closeWith(file, target)
      }
    }
    for (const file of [...open.keys()]) {
      const target = files[file]
      if (target !== undefined) closeWith(file, target)
    }

    function closeWith(file: number, target: FileToWrite): void {
      const fd = open.get(file)
      if (fd === undefined) return
      open.delete(file)
      try {
        if (!unfinished.has(file)) problems.push(...finish(fd, target))
      } catch (error) {
        fail(file, error)
      } finally {
        closeSync(fd)
      }
    }
    return { problems, damaged }
  }

  function contentOf(
    blob: BlobToWrite['blob'],
    bytes: Uint8Array,
    onProblem: (error: RedomaError) => void,
  ): Uint8Array | undefined {
    try {
      const stored = bytes.subarray(blob.offset, blob.offset + blob.length)
      return openBlob(blob, stored, deps.envelope, deps.primitives, scratch)
    } catch (error) {
      if (!isRedomaError(error)) throw error
      onProblem(error)
      return undefined
    }
  }

  /** What ends in a hole has not its length yet. The rename is last: under its own name a file is never seen half done. */
  function finish(fd: number, file: FileToWrite): RestoreProblem[] {
    if (file.metadata === undefined) return []
    ftruncateSync(fd, file.size)
    const path = temporary(file)
    const problems = applyMetadata(path, fd, file.metadata, deps.fileCalls)
    renameSync(pathArgument(path), pathArgument(file.path))
    return problems.map((message) => ({ file: file.number, message, isFatal: false }))
  }

  function complete(file: FileToWrite): RestoreProblem[] {
    try {
      const fd = openFile(temporary(file))
      try {
        return finish(fd, file)
      } finally {
        closeSync(fd)
      }
    } catch (error) {
      return [{ file: file.number, message: describe(error), isFatal: true }]
    }
  }

  function verify(file: FileToVerify): RestoreProblem[] {
    try {
      const same = holdsChunks(file, deps.primitives, scratch)
      return same ? [] : [{ file: file.number, message: 'is not what was written', isFatal: true }]
    } catch (error) {
      return [{ file: file.number, message: describe(error), isFatal: true }]
    }
  }

  function answer(message: ToRestoreThread): Answer {
    switch (message.kind) {
      case 'region':
        return writeRegion(message.bytes, message.blobs, message.files)
      case 'complete':
        return { problems: message.files.flatMap(complete), damaged: [] }
      case 'verify':
        return { problems: message.files.flatMap(verify), damaged: [] }
    }
  }

  return (message) => ({ kind: 'done', ...answer(message) })
}

/** Nothing else has such a name (see temporary-path.ts), so whatever is in the true place, a device too, is only ever replaced. */
function openFile(path: RawPath): number {
  return openSync(pathArgument(path), openFlags, 0o600)
}

/** What of `content` is written: runs of zeros are left out, as the file is new and reads as zeros there. */
function dataExtents(content: Uint8Array): { readonly from: number; readonly to: number }[] {
  const extents: { from: number; to: number }[] = []
  let from = 0
  for (let at = 0; at + holeBytes <= content.length; at += holeBytes) {
    if (Buffer.compare(content.subarray(at, at + holeBytes), zeros) !== 0) continue
    if (at > from) extents.push({ from, to: at })
    from = at + holeBytes
  }
  if (content.length > from) extents.push({ from, to: content.length })
  return extents
}

function writeAll(fd: number, bytes: Uint8Array, position: number): void {
  for (let written = 0; written < bytes.length; ) {
    written += writeSync(fd, bytes, written, bytes.length - written, position + written)
  }
}

function holdsChunks(file: FileToVerify, primitives: Primitives, scratch: Scratch): boolean {
  const fd = openSync(
    pathArgument(file.path),
    constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK,
  )
  const hash = new Uint8Array(idBytes)
  try {
    for (const { id, length } of file.chunks) {
      const chunk = scratch.take(length)
      if (!readAll(fd, chunk)) return false
      primitives.sha256(chunk, hash)
      if (blobIdFromBytes(hash) !== id) return false
    }
    return readSync(fd, new Uint8Array(1), 0, 1, null) === 0
  } finally {
    closeSync(fd)
  }
}

function readAll(fd: number, bytes: Uint8Array): boolean {
  for (let done = 0; done < bytes.length; ) {
    const read = readSync(fd, bytes, done, bytes.length - done, null)
    if (read === 0) return false
    done += read
  }
  return true
}

function describe(error: unknown): string {
  if (isRedomaError(error)) return error.message
  const code = systemCode(error)
  if (code === undefined) throw error
  const known: Readonly<Record<string, string>> = {
    ELOOP: 'a symbolic link is in its place',
    EISDIR: 'a folder is in its place',
    ENOTDIR: 'the folder that it belongs in is none',
    ENOSPC: 'the disk is full',
  }
  return known[code] ?? messageOf(error)
}
