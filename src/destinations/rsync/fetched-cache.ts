import { type FileHandle, open, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { systemCode } from '../../core/errors.ts'
import type { Clock } from '../../ports/clock.ts'
import type { ObjectName } from '../../ports/destination.ts'

/** Objects that were fetched whole and of which parts are wanted: those that were used last, in bounded room. */
export interface FetchedCache {
  /** Close it. */
  open(name: ObjectName): Promise<FileHandle | undefined>
  /** Takes over a file; one that is too large for the cache is removed. */
  keep(name: ObjectName, path: string, size: number): Promise<void>
  forget(name: ObjectName): Promise<void>
}

interface Kept {
  readonly path: string
  readonly size: number
  readonly since: number
}

/** Others may write there as well; what parts are wanted of is never replaced in practice. */
const longestMs = 10 * 60 * 1000

export function makeFetchedCache(folder: string, limitBytes: number, clock: Clock): FetchedCache {
  /** The one used longest ago first. */
  const kept = new Map<ObjectName, Kept>()
  let used = 0
  let number = 0

  async function forget(name: ObjectName): Promise<void> {
    const found = kept.get(name)
    if (found === undefined) return
    kept.delete(name)
    used -= found.size
    await rm(found.path, { force: true })
  }

  return {
    forget,
    async open(name) {
      const found = kept.get(name)
      if (found === undefined) return undefined
      if (clock.now().getTime() - found.since > longestMs) {
        await forget(name)
        return undefined
      }
      kept.delete(name)
      kept.set(name, found)
      return openUnlessGone(found.path)
    },
    async keep(name, path, size) {
      await forget(name)
      if (size > limitBytes) {
        await rm(path)
        return
      }
      const own = join(folder, `kept-${++number}`)
      await rename(path, own)
      kept.set(name, { path: own, size, since: clock.now().getTime() })
      used += size
      for (const oldest of kept.keys()) {
        if (used <= limitBytes) break
        await forget(oldest)
      }
    },
  }
}

/** `undefined` when it was removed meanwhile. Close it. */
export async function openUnlessGone(path: string): Promise<FileHandle | undefined> {
  try {
    return await open(path, 'r')
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined
    throw error
  }
}
