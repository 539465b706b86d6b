import { closeSync, constants, fstatSync, ftruncateSync, openSync, renameSync, writeSync } from 'node:fs'
import { isRedomaError, messageOf, type RedomaError, systemCode } from '../../core/errors.ts'
import type { FileCalls } from '../../crypto/file-calls.ts'
import type { Primitives } from '../../crypto/primitives.ts'
import type { Envelope } from '../envelope/envelope.ts'
import { applyMetadata } from '../files/apply-metadata.ts'
import { pathArgument, type RawPath } from '../files/raw-path.ts'
import { openBlob } from '../packs/open-blob.ts'
import { makeScratch } from '../packs/scratch.ts'
import { compareFile } from './compare-file.ts'
import { dataExtents } from './data-extents.ts'
import type {
  BlobToWrite,
  FileToCompare,
  FileToVerify,
  FileToWrite,
  FromRestoreThread,
  RestoreProblem,
  ToRestoreThread,
} from './messages.ts'
import { makeReadChunks } from './read-chunks.ts'
import type { Overwrite } from './request.ts'
import { targetFailure } from './target-failure.ts'
import { temporaryPathOf } from './temporary-path.ts'

/** Nothing but its owner may look into a file before its permissions are set; a link in its place is never followed. */
const openFlags = constants.O_WRONLY | constants.O_CREAT | constants.O_NOFOLLOW | constants.O_NONBLOCK
type Answer = Partial<Omit<FromRestoreThread, 'kind'>>

/** Does what a message asks for. What is wrong with single files or blobs is told, not thrown. */
export function makeWriteFiles(deps: {
  readonly envelope: Envelope
  readonly primitives: Primitives
  readonly fileCalls: FileCalls
  readonly mark: string
}): (message: ToRestoreThread) => FromRestoreThread {
  const scratch = makeScratch()
  const chunks = makeReadChunks({ ...deps, scratch })
  const temporary = (file: Pick<FileToWrite, 'path' | 'number'>): RawPath =>
    temporaryPathOf(file.path, deps.mark, file.number)

  function writeRegion(
    bytes: Uint8Array,
    blobs: readonly BlobToWrite[],
    files: readonly FileToWrite[],
  ): Answer {
    const open = new Map<number, number>()
    try {
      return writeBlobs(bytes, blobs, files, open)
    } finally {
      // Only what ends the restore leaves any open.
      for (const fd of open.values()) closeSync(fd)
    }
  }

  function writeBlobs(
    bytes: Uint8Array,
    blobs: readonly BlobToWrite[],
    files: readonly FileToWrite[],
    open: Map<number, number>,
  ): Answer {
    const problems: RestoreProblem[] = []
    const damaged: { blob: number; message: string }[] = []
    /** Files that are not finished here: they failed, or lack a blob that is damaged. */
    const unfinished = new Set<number>()
    const failed = new Set<number>()
    /** Files whose last byte was written: their length is right. */
    const reached = new Set<number>()
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
          if (position + (extents.at(-1)?.to ?? 0) === target.size) reached.add(file)
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
        if (!unfinished.has(file)) problems.push(...finish(fd, target, reached.has(file)))
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
  function finish(fd: number, file: FileToWrite, hasLength: boolean): RestoreProblem[] {
    if (file.metadata === undefined) return []
    if (!hasLength) ftruncateSync(fd, file.size)
    const path = temporary(file)
    const problems = applyMetadata(path, fd, file.metadata, deps.fileCalls)
    renameSync(pathArgument(path), pathArgument(file.path))
    return problems.map((message) => ({ file: file.number, message, isFatal: false }))
  }

  /** Chunks are verified again as they are taken over: the file may change meanwhile. */
  function begin(file: FileToCompare, from: number, present: readonly number[]): number[] {
    const fd = openFile(temporary(file))
    try {
      const positions = positionsOf(file)
      return present.filter((number) => {
        const [chunk, position = 0] = [file.chunks[number], positions[number]]
        const content = chunk === undefined ? undefined : chunks.read(from, position, chunk)
        if (content === undefined) return false
        for (const extent of dataExtents(content))
          writeAll(fd, content.subarray(extent.from, extent.to), position + extent.from)
        return true
      })
    } finally {
      closeSync(fd)
    }
  }

  function compare(files: readonly FileToCompare[], overwrite: Overwrite, dryRun: boolean): Answer {
    const problems: RestoreProblem[] = []
    const onProblem = (problem: RestoreProblem): void => {
      problems.push(problem)
    }
    const { fileCalls } = deps
    const found = files.map((file) => {
      try {
        return compareFile(file, { chunks, fileCalls, overwrite, dryRun, begin, onProblem })
      } catch (error) {
        // What cannot be read is written anew.
        describe(error)
        return { kind: 'other' as const, present: [] }
      }
    })
    return { problems, found }
  }

  function complete(file: FileToWrite): RestoreProblem[] {
    try {
      const fd = openFile(temporary(file))
      try {
        return finish(fd, file, false)
      } finally {
        closeSync(fd)
      }
    } catch (error) {
      return [{ file: file.number, message: describe(error), isFatal: true }]
    }
  }

  function verify(file: FileToVerify): RestoreProblem[] {
    try {
      return holdsAll(file) ? [] : [{ file: file.number, message: 'is not what was written', isFatal: true }]
    } catch (error) {
      return [{ file: file.number, message: describe(error), isFatal: true }]
    }
  }

  function holdsAll(file: FileToVerify): boolean {
    const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK
    const fd = openSync(pathArgument(file.path), flags)
    try {
      const positions = positionsOf(file)
      const { size } = fstatSync(fd)
      return (
        size === file.size &&
        file.chunks.every((chunk, number) => chunks.holds(fd, positions[number] ?? 0, chunk, size))
      )
    } finally {
      closeSync(fd)
    }
  }

  function answer(message: ToRestoreThread): Answer {
    switch (message.kind) {
      case 'region':
        return writeRegion(message.bytes, message.blobs, message.files)
      case 'complete':
        return { problems: message.files.flatMap(complete) }
      case 'compare':
        return compare(message.files, message.overwrite, message.dryRun)
      case 'verify':
        return { problems: message.files.flatMap(verify) }
    }
  }

  return (message) => ({ kind: 'done', problems: [], damaged: [], found: [], ...answer(message) })
}

function positionsOf({ chunks }: Pick<FileToVerify, 'chunks'>): number[] {
  let position = 0
  return chunks.map(({ length }) => {
    position += length
    return position - length
  })
}

/** Nothing else has such a name (see temporary-path.ts), so whatever is in the true place, a device too, is only ever replaced. */
function openFile(path: RawPath): number {
  return openSync(pathArgument(path), openFlags, 0o600)
}

function writeAll(fd: number, bytes: Uint8Array, position: number): void {
  for (let written = 0; written < bytes.length; ) {
    written += writeSync(fd, bytes, written, bytes.length - written, position + written)
  }
}

/** @throws RedomaError what ends the restore: see target-failure.ts */
function describe(error: unknown): string {
  if (isRedomaError(error)) return error.message
  const failure = targetFailure(error)
  if (failure !== undefined) throw failure
  const code = systemCode(error)
  if (code === undefined) throw error
  const known: Readonly<Record<string, string>> = {
    ELOOP: 'a symbolic link is in its place',
    EISDIR: 'a folder is in its place',
    ENOTDIR: 'the folder that it belongs in is none',
  }
  return known[code] ?? messageOf(error)
}
