import { type BigIntStats, closeSync, constants, fstatSync, lstatSync, openSync } from 'node:fs'
import type { FileCalls } from '../../crypto/file-calls.ts'
import { applyMetadata } from '../files/apply-metadata.ts'
import { pathArgument } from '../files/raw-path.ts'
import { permissionsOf } from '../trees/file-mode.ts'
import type { FileToCompare, FoundFile, RestoreProblem } from './messages.ts'
import type { ReadChunks } from './read-chunks.ts'
import type { Overwrite } from './request.ts'

export interface CompareFileDeps {
  readonly chunks: ReadChunks
  readonly fileCalls: FileCalls
  readonly overwrite: Overwrite
  readonly dryRun: boolean
  /** Begins the file beside its place with those chunks of the open one; returns those that are in it. */
  readonly begin: (file: FileToCompare, from: number, present: readonly number[]) => number[]
  readonly onProblem: (problem: RestoreProblem) => void
}

const other: FoundFile = { kind: 'other', present: [] }

/**
 * Looks at what is in the place of a file. One that is equal is only given what differs of its metadata; of any other the
 * chunks that are right are taken over into the new file, so that only the rest is fetched.
 */
export function compareFile(file: FileToCompare, deps: CompareFileDeps): FoundFile {
  const path = pathArgument(file.path)
  const seen = lstatSync(path, { bigint: true, throwIfNoEntry: false })
  if (seen === undefined) return other
  if (deps.overwrite === 'if-newer' && seen.mtimeNs >= file.metadata.mtimeNs) return { kind: 'left' }
  // Anything else is not even opened: to open a device may do something.
  if (!seen.isFile()) return other
  const fd = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
  try {
    return compareOpen(fd, fstatSync(fd, { bigint: true }), file, deps)
  } finally {
    closeSync(fd)
  }
}

function compareOpen(fd: number, stat: BigIntStats, file: FileToCompare, deps: CompareFileDeps): FoundFile {
  if (!stat.isFile()) return other
  const isSameSize = Number(stat.size) === file.size
  const isTrusted = deps.overwrite === 'if-changed' && isSameSize && stat.mtimeNs === file.metadata.mtimeNs
  const present = isTrusted ? [...file.chunks.keys()] : presentChunks(fd, Number(stat.size), file, deps)
  if (present.length === file.chunks.length && isSameSize && mayChange(stat, file)) {
    if (!deps.dryRun) refresh(fd, stat, file, deps)
    return { kind: 'whole' }
  }
  if (deps.dryRun || present.length === 0) return other
  return { kind: 'other', present: deps.begin(file, fd, present) }
}

function presentChunks(fd: number, size: number, file: FileToCompare, { chunks }: CompareFileDeps): number[] {
  const present: number[] = []
  let position = 0
  for (const [number, chunk] of file.chunks.entries()) {
    if (chunks.holds(fd, position, chunk, size)) present.push(number)
    position += chunk.length
  }
  return present
}

/** Another name of the file may lie outside of what is restored: it must not get this one's owner, permissions or times. */
function mayChange({ nlink, uid, gid, mode, mtimeNs }: BigIntStats, { metadata }: FileToCompare): boolean {
  if (nlink === 1n) return true
  const isSameOwner = Number(uid) === metadata.uid && Number(gid) === metadata.gid
  return (
    isSameOwner && (Number(mode) & 0o7777) === permissionsOf(metadata.mode) && mtimeNs === metadata.mtimeNs
  )
}

function refresh(fd: number, stat: BigIntStats, file: FileToCompare, deps: CompareFileDeps): void {
  for (const message of applyMetadata(file.path, fd, file.metadata, deps.fileCalls, stat))
    deps.onProblem({ file: file.number, message, isFatal: false })
}
