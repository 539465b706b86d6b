import ignore, { type Ignore } from 'ignore'
import { type RawPath, shownPath } from '../files/raw-path.ts'

/** What of a snapshot is restored. Paths are seen from where the restore begins. */
export interface Selection {
  /** Whether to go into a folder. */
  enters(folder: RawPath): boolean
  /** Whether to restore an entry itself. */
  takes(path: RawPath, isFolder: boolean): boolean
}

/** gitignore patterns; an empty `include` is everything. */
export function makeSelection(include: readonly string[], exclude: readonly string[]): Selection {
  const included = include.length === 0 ? undefined : patternsOf(include)
  const excluded = exclude.length === 0 ? undefined : patternsOf(exclude)
  const matches = (patterns: Ignore, path: RawPath, isFolder: boolean): boolean =>
    patterns.ignores(shownPath(path) + (isFolder ? '/' : ''))
  return {
    enters: (folder) => excluded === undefined || !matches(excluded, folder, true),
    takes: (path, isFolder) =>
      (included === undefined || matches(included, path, isFolder)) &&
      (excluded === undefined || !matches(excluded, path, isFolder)),
  }
}

function patternsOf(patterns: readonly string[]): Ignore {
  return ignore({ ignorecase: false }).add([...patterns])
}
