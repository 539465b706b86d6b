import { type BigIntStats, closeSync, constants, fstatSync, lstatSync, openSync } from 'node:fs'
import type { FileCalls } from '../../crypto/file-calls.ts'
import { applyMetadata } from '../files/apply-metadata.ts'
import { permissionsOf } from '../trees/file-mode.ts'
import { dataExtents } from './data-extents.ts'
import { entryProblem } from './entry-problem.ts'
import type { HeldFolders } from './held-folders.ts'
import type { FileToCompare, FoundFile, RestoreProblem } from './messages.ts'
import { type NewFiles, writeExtents } from './new-files.ts'
import type { ReadChunks } from './read-chunks.ts'
import type { Overwrite } from './request.ts'

export interface CompareFileDeps {
  readonly folders: HeldFolders
  readonly chunks: ReadChunks
  readonly fileCalls: FileCalls
  readonly newFiles: NewFiles
  readonly overwrite: Overwrite
  readonly dryRun: boolean
}

export interface Compared {
  readonly found: FoundFile
  readonly problems: readonly RestoreProblem[]
}

const other: Compared = { found: { kind: 'other', present: [] }, problems: [] }

/**
 * Looks at what is in the place of a file. One that is equal is only given what differs of its metadata; of any other the
 * chunks that are right are taken over into the new file, so that only the rest is fetched.
 */
export function compareFile(file: FileToCompare, deps: CompareFileDeps): Compared {
  try {
    return compare(file, deps)
  } catch (error) {
    // What cannot be read is written anew; what ends the restore is thrown.
    entryProblem(error)
    return other
  }
}

function compare(file: FileToCompare, deps: CompareFileDeps): Compared {
  const entry = deps.folders.entry(file.path)
  const seen = lstatSync(entry, { bigint: true, throwIfNoEntry: false })
  if (seen === undefined) return other
  if (deps.overwrite === 'if-newer' && seen.mtimeNs >= file.metadata.mtimeNs)
    return { found: { kind: 'left' }, problems: [] }
  // Anything else is not even opened: to open a device may do something.
  if (!seen.isFile()) return other
  const fd = openSync(entry, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
  try {
    return compareOpen(fd, fstatSync(fd, { bigint: true }), file, deps)
  } finally {
    closeSync(fd)
  }
}

function compareOpen(fd: number, stat: BigIntStats, file: FileToCompare, deps: CompareFileDeps): Compared {
  if (!stat.isFile()) return other
  const isSameSize = Number(stat.size) === file.size
  const isTrusted = deps.overwrite === 'if-changed' && isSameSize && stat.mtimeNs === file.metadata.mtimeNs
  const places = placesOf(file)
  const present = isTrusted ? places : places.filter((place) => holds(fd, place, Number(stat.size), deps))
  if (present.length === places.length && isSameSize && mayChange(stat, file)) {
    return { found: { kind: 'whole' }, problems: deps.dryRun ? [] : refresh(fd, stat, file, deps) }
  }
  if (deps.dryRun || present.length === 0) return other
  return { found: { kind: 'other', present: begin(file, fd, present, deps) }, problems: [] }
}

/** Where a chunk lies in its file. */
interface Place {
  readonly number: number
  readonly position: number
  readonly chunk: FileToCompare['chunks'][number]
}

function placesOf({ chunks }: FileToCompare): Place[] {
  let end = 0
  return chunks.map((chunk, number) => {
    const position = end
    end += chunk.length
    return { number, position, chunk }
  })
}

function holds(fd: number, { position, chunk }: Place, size: number, { chunks }: CompareFileDeps): boolean {
  return chunks.holds(fd, position, chunk, size)
}

/** Another name of the file may lie outside of what is restored: it must not get this one's owner, permissions or times. */
function mayChange({ nlink, uid, gid, mode, mtimeNs }: BigIntStats, { metadata }: FileToCompare): boolean {
  if (nlink === 1n) return true
  const isSameOwner = Number(uid) === metadata.uid && Number(gid) === metadata.gid
  return (
    isSameOwner && (Number(mode) & 0o7777) === permissionsOf(metadata.mode) && mtimeNs === metadata.mtimeNs
  )
}

function refresh(
  fd: number,
  stat: BigIntStats,
  file: FileToCompare,
  { fileCalls }: CompareFileDeps,
): RestoreProblem[] {
  return applyMetadata(fd, file.metadata, fileCalls, stat).map((message) => ({
    file: file.number,
    message,
    isFatal: false,
  }))
}

/**
 * Begins the file beside its place with chunks of the one that is there. They are verified again as they are taken over: the
 * file may change meanwhile.
 *
 * @returns the numbers of those that are in it
 */
function begin(
  file: FileToCompare,
  from: number,
  present: readonly Place[],
  { newFiles, chunks }: CompareFileDeps,
): number[] {
  const fd = newFiles.open(file, 'not yet')
  try {
    return present.flatMap(({ number, position, chunk }) => {
      const content = chunks.read(from, position, chunk)
      if (content === undefined) return []
      writeExtents(fd, content, position, dataExtents(content))
      return [number]
    })
  } finally {
    closeSync(fd)
  }
}
