import { closeSync, constants, openSync, readSync } from 'node:fs'
import ignore from 'ignore'
import { joinRaw, pathArgument, type RawPath, rawPathOf, shownPath } from '../files/raw-path.ts'

/** What of the paths of a backup is left out. */
export interface ExclusionRules {
  /** gitignore patterns, seen from each path of the backup. */
  readonly exclude: readonly string[]
  /** Absolute paths, as they are reached from those of the backup: left out with all that is in them. */
  readonly excludePaths?: readonly string[] | undefined
  readonly excludeLargerThanBytes?: number | undefined
  readonly excludeCaches: boolean
  readonly oneFileSystem: boolean
}

export interface Exclusion {
  /** By name and place. `relative` is seen from the path of the backup, `path` is absolute. */
  excludesPath(path: RawPath, relative: RawPath, isFolder: boolean): boolean
  excludesSize(bytes: number): boolean
  /** Whether the content of a folder on the file system `device` is left out, below a path on `rootDevice`. */
  excludesFileSystem(device: number, rootDevice: number): boolean
  /** Whether a folder with these entries says of itself that it holds nothing worth keeping (bford.info/cachedir). */
  excludesContent(folder: RawPath, names: readonly RawPath[]): boolean
}

export function makeExclusion(rules: ExclusionRules): Exclusion {
  const patterns = ignore({ ignorecase: false }).add([...rules.exclude])
  const places = new Set((rules.excludePaths ?? []).map(rawPathOf))
  const limit = rules.excludeLargerThanBytes
  return {
    excludesPath: (path, relative, isFolder) =>
      places.has(path) ||
      (rules.exclude.length > 0 && patterns.ignores(shownPath(relative) + (isFolder ? '/' : ''))),
    excludesSize: (bytes) => limit !== undefined && bytes > limit,
    excludesFileSystem: (device, rootDevice) => rules.oneFileSystem && device !== rootDevice,
    excludesContent: (folder, names) =>
      rules.excludeCaches && names.includes(cacheTag) && isCacheTag(joinRaw(folder, cacheTag)),
  }
}

const cacheTag = rawPathOf('CACHEDIR.TAG')
const cacheTagSignature = 'Signature: 8a477f597d28d172789f06886806bc55'

function isCacheTag(path: RawPath): boolean {
  const head = Buffer.alloc(cacheTagSignature.length)
  try {
    // A fifo of that name must not keep the run waiting.
    const fd = openSync(pathArgument(path), constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
    try {
      readSync(fd, head, 0, head.length, 0)
    } finally {
      closeSync(fd)
    }
  } catch {
    return false // What cannot be read says nothing; the folder is backed up.
  }
  return head.toString('latin1') === cacheTagSignature
}
