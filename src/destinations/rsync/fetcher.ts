import { type FileHandle, lstat, mkdir, open, rm, statfs } from 'node:fs/promises'
import { join } from 'node:path'
import { type ErrorCode, isRedomaError, messageOf, RedomaError } from '../../core/errors.ts'
import type { ObjectInfo, ObjectName } from '../../ports/destination.ts'
import type { FetchedCache } from './fetched-cache.ts'
import { pathOf } from './names.ts'
import type { Transfers } from './transfers.ts'

/** Whole objects from the destination. Those that are asked for while others come are fetched together. */
export interface Fetcher {
  /**
   * @param keep whether more parts of it may be wanted soon
   * @returns the file, open; close it
   * @throws RedomaError `OBJECT_NOT_FOUND`, `LIMIT_EXCEEDED` when it is longer than there is room for, and as `Transfers`
   */
  fetch(name: ObjectName, keep: boolean, signal: AbortSignal): Promise<FileHandle>
}

export interface FetcherDeps {
  readonly transfers: Transfers
  readonly spool: string
  /** At the destination. */
  readonly folder: string
  readonly cache: FetchedCache
  readonly inTurn: (work: (signal: AbortSignal) => Promise<void>) => Promise<void>
  /** What is there of these, now; within a turn. */
  readonly look: (name: ObjectName, signal: AbortSignal) => Promise<ObjectInfo | undefined>
}

interface Wish {
  readonly keep: boolean
  readonly signal: AbortSignal
  resolve(file: FileHandle): void
  reject(error: Error): void
}

const atOnce = 32
/** What one object that cannot be had may make of the fetching of many. */
const ofOneObject = new Set<ErrorCode>(['OBJECT_UNREADABLE', 'DESTINATION_FORBIDDEN', 'DESTINATION_FAILED'])
/** No file that parts are wanted of is longer. */
const longestKeptBytes = 1024 ** 3 + 1024 ** 2

export function makeFetcher(deps: FetcherDeps): Fetcher {
  const { transfers, spool, folder, cache } = deps
  const wishes = new Map<ObjectName, Wish[]>()
  let number = 0

  /** All that is wished for by the time it is its turn. */
  async function fetchSome(signal: AbortSignal): Promise<void> {
    const some = [...wishes].slice(0, atOnce)
    for (const [name] of some) wishes.delete(name)
    const wanted = some.flatMap(([name, all]) => {
      const alive = all.filter((wish) => !wish.signal.aborted)
      return alive.length === 0 ? [] : [{ name, wishes: alive }]
    })
    if (wanted.length === 0) return
    const root = join(spool, `fetch-${++number}`)
    const stop = new AbortController()
    const watching = stopWhenAllAreGone(
      wanted.flatMap((want) => want.wishes),
      stop,
    )
    try {
      const both = AbortSignal.any([signal, stop.signal])
      const failure = await attempt(async () => {
        await mkdir(root, { mode: 0o700 })
        const paths = wanted.map(({ name }) => pathOf(folder, name))
        await transfers.fetch(paths, root, await longestFor(wanted), both)
      })
      // Of one of several, perhaps: then each has to answer for itself.
      const isShared = wanted.length > 1 && isRedomaError(failure) && ofOneObject.has(failure.code)
      for (const want of wanted) await hand(want, root, isShared ? 'fetch-alone' : failure, both)
    } finally {
      watching()
      await rm(root, { recursive: true, force: true })
    }
  }

  /** Half of the room there is: who owns the destination decides how long its files are. */
  async function longestFor(wanted: readonly { wishes: readonly Wish[] }[]): Promise<number> {
    const { bsize, bavail } = await statfs(spool)
    const half = Math.floor((bsize * bavail) / 2)
    return wanted.every((want) => want.wishes.every((wish) => wish.keep))
      ? Math.min(half, longestKeptBytes)
      : half
  }

  async function hand(
    want: { readonly name: ObjectName; readonly wishes: readonly Wish[] },
    root: string,
    failure: Error | 'fetch-alone' | undefined,
    signal: AbortSignal,
  ): Promise<void> {
    const path = join(root, pathOf(folder, want.name))
    try {
      let size = await sizeOf(path)
      if (size === undefined && failure === 'fetch-alone') {
        await transfers.fetch([pathOf(folder, want.name)], root, await longestFor([want]), signal)
        size = await sizeOf(path)
      } else if (size === undefined && failure instanceof Error) throw failure
      if (size === undefined) throw await whyMissing(want.name, signal)
      for (const wish of want.wishes) wish.resolve(await open(path, 'r'))
      if (want.wishes.some((wish) => wish.keep)) await cache.keep(want.name, path, size)
    } catch (error) {
      for (const wish of want.wishes) wish.reject(asError(error))
    }
  }

  /** What is too long is passed over as what is not there. */
  async function whyMissing(name: ObjectName, signal: AbortSignal): Promise<RedomaError> {
    const info = await deps.look(name, signal)
    if (info === undefined) return new RedomaError('OBJECT_NOT_FOUND', `there is no ${name}`)
    return new RedomaError('LIMIT_EXCEEDED', `${name} has ${info.size} bytes, and is fetched whole`, {
      hint: 'Free space where the instance’s folder is, if it is right that it is so long.',
    })
  }

  return {
    fetch: (name, keep, signal) =>
      new Promise((resolve, reject) => {
        const abort = (): void => {
          reject(signal.reason as Error)
        }
        if (signal.aborted) {
          abort()
          return
        }
        signal.addEventListener('abort', abort, { once: true })
        const done = (): void => {
          signal.removeEventListener('abort', abort)
        }
        const wish: Wish = {
          keep,
          signal,
          resolve(file) {
            done()
            // Nobody takes it any more.
            if (signal.aborted) file.close().catch(() => undefined)
            resolve(file)
          },
          reject(error) {
            done()
            reject(error)
          },
        }
        const others = wishes.get(name)
        if (others !== undefined) others.push(wish)
        else {
          wishes.set(name, [wish])
          deps.inTurn(fetchSome).catch((error: unknown) => {
            // Before its turn came: this one, and those that would have been fetched with it.
            for (const left of wishes.get(name) ?? []) left.reject(asError(error))
            wishes.delete(name)
          })
        }
      }),
  }
}

/** Returns what ends the watching. */
function stopWhenAllAreGone(wishes: readonly Wish[], stop: AbortController): () => void {
  const look = (): void => {
    if (wishes.every((wish) => wish.signal.aborted)) stop.abort()
  }
  for (const { signal } of wishes) signal.addEventListener('abort', look)
  return () => {
    for (const { signal } of wishes) signal.removeEventListener('abort', look)
  }
}

/** Of a plain file. */
async function sizeOf(path: string): Promise<number | undefined> {
  try {
    const stat = await lstat(path)
    return stat.isFile() ? stat.size : undefined
  } catch (error) {
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR'))
      return undefined
    throw error
  }
}

/** What it throws, or nothing. */
async function attempt(work: () => Promise<void>): Promise<Error | undefined> {
  try {
    await work()
    return undefined
  } catch (error) {
    return asError(error)
  }
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(messageOf(error))
}
