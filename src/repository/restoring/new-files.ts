import { constants, fstatSync, ftruncateSync, openSync, renameSync, unlinkSync, writeSync } from 'node:fs'
import { RedomaError, systemCode } from '../../core/errors.ts'
import type { FileCalls } from '../../crypto/file-calls.ts'
import { applyMetadata } from '../files/apply-metadata.ts'
import type { Extent } from './data-extents.ts'
import type { HeldFolders } from './held-folders.ts'
import type { FileToWrite, RestoreProblem } from './messages.ts'
import { clearPlace } from './place-entries.ts'
import { temporaryPathOf } from './temporary-path.ts'

export interface NewFilesDeps {
  readonly folders: HeldFolders
  readonly fileCalls: FileCalls
  /** For the names of files that are not whole yet: see temporary-path.ts. */
  readonly mark: string
}

/** Files on their way: each beside its place until it is whole. */
export interface NewFiles {
  /** Opens it for writing. Close it. */
  open(file: Pick<FileToWrite, 'path' | 'number'>, begun: 'not yet' | 'perhaps'): number
  /**
   * Gives it its length, owner, times and the like, and its own name last: under that it is never seen half done.
   *
   * @param hasLength whether its last byte was written: what ends in a hole has not its length yet
   */
  finish(fd: number, file: FileToWrite, hasLength: boolean): RestoreProblem[]
}

/** Nothing but its owner may look into a file before its permissions are set; a link in its place is never followed. */
const openFlags = constants.O_WRONLY | constants.O_CREAT | constants.O_NOFOLLOW | constants.O_NONBLOCK

export function makeNewFiles({ folders, fileCalls, mark }: NewFilesDeps): NewFiles {
  const entryOf = ({ path, number }: Pick<FileToWrite, 'path' | 'number'>): string | Buffer =>
    folders.entry(temporaryPathOf(path, mark, number))
  return {
    open(file, begun) {
      const entry = entryOf(file)
      if (begun === 'not yet') return openNew(entry)
      const fd = openSync(entry, openFlags, 0o600)
      requireOwn(fd)
      return fd
    },
    finish(fd, file, hasLength) {
      if (file.metadata === undefined) return []
      if (!hasLength) ftruncateSync(fd, file.size)
      const problems = applyMetadata(fd, file.metadata, fileCalls)
      moveTo(folders.entry(file.path), entryOf(file))
      return problems.map((message) => ({ file: file.number, message, isFatal: false }))
    },
  }
}

/** An empty folder is no obstacle, as in restic. @throws RedomaError `PATH_UNSAFE` where it holds something */
function moveTo(place: string | Buffer, entry: string | Buffer): void {
  try {
    renameSync(entry, place)
  } catch (error) {
    if (systemCode(error) !== 'EISDIR') throw error
    clearPlace(place)
    renameSync(entry, place)
  }
}

/** What an attempt that failed has left is begun anew. */
function openNew(entry: string | Buffer): number {
  const open = (): number => openSync(entry, openFlags | constants.O_EXCL, 0o600)
  try {
    return open()
  } catch (error) {
    if (systemCode(error) !== 'EEXIST') throw error
    unlinkSync(entry)
    return open()
  }
}

/**
 * Who may write to the folder could put another file there once the name is known: a second name of one that lies elsewhere,
 * which must not be written to.
 */
function requireOwn(fd: number): void {
  const stat = fstatSync(fd)
  if (stat.isFile() && stat.nlink === 1) return
  throw new RedomaError('PATH_UNSAFE', 'something else was put in its place while it was written')
}

/** Writes parts of `content`, which belongs at `position`. */
export function writeExtents(
  fd: number,
  content: Uint8Array,
  position: number,
  extents: readonly Extent[],
): void {
  for (const { from, to } of extents) writeAll(fd, content.subarray(from, to), position + from)
}

function writeAll(fd: number, bytes: Uint8Array, position: number): void {
  for (let written = 0; written < bytes.length; ) {
    written += writeSync(fd, bytes, written, bytes.length - written, position + written)
  }
}
