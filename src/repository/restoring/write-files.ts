import { closeSync, constants, fstatSync, ftruncateSync, openSync, readSync, writeSync } from 'node:fs'
import { isRedomaError, messageOf, RedomaError, systemCode } from '../../core/errors.ts'
import type { FileCalls } from '../../crypto/file-calls.ts'
import type { Primitives } from '../../crypto/primitives.ts'
import type { Envelope } from '../envelope/envelope.ts'
import { applyMetadata } from '../files/apply-metadata.ts'
import { pathArgument, type RawPath } from '../files/raw-path.ts'
import { blobIdFromBytes, idBytes } from '../ids.ts'
import { openBlob } from '../packs/open-blob.ts'
import { makeScratch } from '../packs/scratch.ts'
import type {
  BlobToWrite,
  FileToVerify,
  FileToWrite,
  FromRestoreThread,
  ToRestoreThread,
} from './messages.ts'

/** Nothing but its owner may look into a file before its permissions are set; a link in its place is never followed. */
const openFlags = constants.O_WRONLY | constants.O_CREAT | constants.O_NOFOLLOW | constants.O_NONBLOCK
/** Runs of zeros at least this long become holes. */
const holeBytes = 64 * 1024
const zeros = new Uint8Array(holeBytes)

type Problem = FromRestoreThread['problems'][number]

/** Does what a message asks for. What is wrong with single files or blobs is told, not thrown. */
export function makeWriteFiles(deps: {
  readonly envelope: Envelope
  readonly primitives: Primitives
  readonly fileCalls: FileCalls
}): (message: ToRestoreThread) => FromRestoreThread {
  const scratch = makeScratch()

  function writeRegion(
    bytes: Uint8Array,
    blobs: readonly BlobToWrite[],
    files: readonly FileToWrite[],
  ): Problem[] {
    const problems: Problem[] = []
    const open = new Map<number, number>()
    const failed = new Set<number>()
    const fail = (file: number, error: unknown): void => {
      failed.add(file)
      problems.push({ file: files[file]?.number ?? -1, message: describe(error) })
    }
    for (const { blob, writes } of blobs) {
      const content = contentOf(blob, bytes, (error) => {
        for (const { file } of writes) fail(file, error)
      })
      if (content === undefined) continue
      for (const { file, position } of writes) {
        const target = files[file]
        if (target === undefined || failed.has(file)) continue
        try {
          const fd = open.get(file) ?? openFile(target.path)
          open.set(file, fd)
          writeSparsely(fd, content, position)
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
        if (!failed.has(file)) problems.push(...finish(fd, target))
      } catch (error) {
        fail(file, error)
      } finally {
        closeSync(fd)
      }
    }
    return problems
  }

  function contentOf(
    blob: BlobToWrite['blob'],
    bytes: Uint8Array,
    onProblem: (error: unknown) => void,
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

  /** What ends in a hole has not its length yet. */
  function finish(fd: number, file: FileToWrite): Problem[] {
    if (file.metadata === undefined) return []
    ftruncateSync(fd, file.size)
    const problems = applyMetadata(file.path, fd, file.metadata, deps.fileCalls)
    return problems.map((message) => ({ file: file.number, message }))
  }

  function complete(file: FileToWrite): Problem[] {
    try {
      const fd = openFile(file.path)
      try {
        return finish(fd, file)
      } finally {
        closeSync(fd)
      }
    } catch (error) {
      return [{ file: file.number, message: describe(error) }]
    }
  }

  function verify(file: FileToVerify): Problem[] {
    try {
      const same = holdsChunks(file, deps.primitives)
      return same ? [] : [{ file: file.number, message: 'is not what was written' }]
    } catch (error) {
      return [{ file: file.number, message: describe(error) }]
    }
  }

  function problemsOf(message: ToRestoreThread): Problem[] {
    switch (message.kind) {
      case 'region':
        return writeRegion(message.bytes, message.blobs, message.files)
      case 'complete':
        return message.files.flatMap(complete)
      case 'verify':
        return message.files.flatMap(verify)
    }
  }

  return (message) => ({ kind: 'done', problems: problemsOf(message) })
}

/**
 * A tree made by hand may have a device and a file of one name: what is in the place by now must be a file, or the
 * content would go straight onto a disk.
 */
function openFile(path: RawPath): number {
  const fd = openSync(pathArgument(path), openFlags, 0o600)
  if (fstatSync(fd).isFile()) return fd
  closeSync(fd)
  throw new RedomaError('PATH_UNSAFE', 'something that is no file is in its place')
}

/** Writes `content` at `position`, but leaves holes where it is all zeros: the file is new, so it reads as zeros there. */
function writeSparsely(fd: number, content: Uint8Array, position: number): void {
  let from = 0
  for (let at = 0; at + holeBytes <= content.length; at += holeBytes) {
    if (Buffer.compare(content.subarray(at, at + holeBytes), zeros) !== 0) continue
    writeAll(fd, content.subarray(from, at), position + from)
    from = at + holeBytes
  }
  writeAll(fd, content.subarray(from), position + from)
}

function writeAll(fd: number, bytes: Uint8Array, position: number): void {
  for (let written = 0; written < bytes.length; ) {
    written += writeSync(fd, bytes, written, bytes.length - written, position + written)
  }
}

function holdsChunks(file: FileToVerify, primitives: Primitives): boolean {
  const fd = openSync(
    pathArgument(file.path),
    constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK,
  )
  const hash = new Uint8Array(idBytes)
  try {
    for (const { id, length } of file.chunks) {
      const chunk = new Uint8Array(length)
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
  return code === 'ELOOP' ? 'a symbolic link is in its place' : messageOf(error)
}
