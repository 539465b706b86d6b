import type { RawPath } from '../files/raw-path.ts'

/**
 * Where a file is written until all of it is there: beside its place, so that a rename brings it there in one step. `mark`
 * is random and of one restore, so that nothing else has such a name, not even an entry of a snapshot made for it.
 */
export function temporaryPathOf(path: RawPath, mark: string, number: number): RawPath {
  return `${path.slice(0, path.lastIndexOf('/') + 1)}.redoma-${mark}-${number}` as RawPath
}

/** Whether a name is such a one: in a folder that a restore comes to anew it is what a dead one left. */
export function isTemporaryName(name: RawPath): boolean {
  return /^\.redoma-[0-9a-f]{16}-\d{1,15}$/.test(name)
}
