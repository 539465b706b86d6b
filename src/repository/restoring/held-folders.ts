import { closeSync, constants, openSync, readFileSync } from 'node:fs'
import { constants as os } from 'node:os'
import { systemError } from '../../crypto/system-error.ts'
import { bytesOfRaw, pathArgument, type RawPath } from '../files/raw-path.ts'

/**
 * The folder that a restore goes into, opened once: whoever may rename it, or a folder above it, does not lead the restore
 * elsewhere. A dry run may have none yet.
 */
export interface Target {
  readonly path: RawPath
  readonly fd: number | undefined
}

/**
 * The way to entries of the target. Each folder on it is opened from the one above it, without following a link, and names
 * are looked up in what was opened (`openat` in other words, which Node lacks). A folder that somebody exchanges for a link
 * while the restore goes on is thereby an error, and not the way to `/etc`.
 */
export interface HeldFolders extends Disposable {
  /** What to call an entry by, in the very next calls: for those that do not follow a link in its place. */
  entry(path: RawPath): string | Buffer
  /** A folder; open as long as only few others are asked for. `/proc/self/fd/…` of it is the folder itself. */
  folder(path: RawPath): number
}

/** More than any usual tree is deep. */
const keptOpen = 64
/** O_PATH of fcntl.h, which Node does not name: nothing happens to what is opened, and it need not be readable. */
export const pathOnly = 0o10000000
const folderFlags = pathOnly | constants.O_DIRECTORY | constants.O_NOFOLLOW

export function holdFolders(target: Target): HeldFolders {
  /** The one that was used last comes last. */
  const held = new Map<RawPath, number>()

  function folder(path: RawPath): number {
    if (path === target.path) return rootOf(target)
    const fd = held.get(path) ?? openSync(within(path), folderFlags)
    held.delete(path)
    held.set(path, fd)
    return fd
  }

  function within(path: RawPath): string | Buffer {
    const cut = path.lastIndexOf('/')
    const parent = (cut === 0 ? '/' : path.slice(0, cut)) as RawPath
    return pathArgument(`/proc/self/fd/${folder(parent)}/${path.slice(cut + 1)}` as RawPath)
  }

  /** Not while a way is gone: a link needs two at once. */
  function closeOldest(): void {
    for (const [path, fd] of held) {
      if (held.size <= keptOpen) return
      held.delete(path)
      closeSync(fd)
    }
  }

  return {
    entry(path) {
      closeOldest()
      return within(path)
    },
    folder(path) {
      closeOldest()
      return folder(path)
    },
    [Symbol.dispose]() {
      for (const fd of held.values()) closeSync(fd)
      held.clear()
    },
  }
}

function rootOf({ path, fd }: Target): number {
  if (fd === undefined) throw systemError(os.errno.ENOENT, 'open', bytesOfRaw(path))
  return fd
}

/** Tells mounts apart, also two of one file system (proc(5)). */
export function mountOf(fd: number): string {
  return /^mnt_id:\s*(\d+)$/m.exec(readFileSync(`/proc/self/fdinfo/${fd}`, 'latin1'))?.[1] ?? ''
}
