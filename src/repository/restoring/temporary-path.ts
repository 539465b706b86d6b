import type { RawPath } from '../files/raw-path.ts'

/**
 * Where a file is written until all of it is there: beside its place, so that a rename brings it there in one step. `mark`
 * is random and of one restore, so that nothing else has such a name, not even an entry of a snapshot made for it.
 */
export function temporaryPathOf(path: RawPath, mark: string, number: number): RawPath {
  return `${path.slice(0, path.lastIndexOf('/') + 1)}.redoma-${mark}-${number}` as RawPath
}
