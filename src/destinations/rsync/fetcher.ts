import { type FileHandle, lstat, mkdir, open, rm, statfs } from 'node:fs/promises'
import { join } from 'node:path'
import { type ErrorCode, isRedomaError, messageOf, RedomaError } from '../../core/errors.ts'
import type { ObjectInfo, ObjectName } from '../../ports/destination.ts'
import type { FetchedCache } from './fetched-cache.ts'
import { pathOf } from './names.ts'
import type { Transfers } from './transfers.ts'
import { makeWish, stopWhenAllAreGone, type Wish } from './wish.ts'

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

const atOnce = 32
/** What one object that cannot be had may make of the fetching of many. */
const ofOneObject = new Set<ErrorCode>(['OBJECT_UNREADABLE', 'DESTINATION_FORBIDDEN', 'DESTINATION_FAILED'])
/** No file that parts are wanted of is longer. */
const longestKeptBytes = 1024 ** 3 + 1024 ** 2

export function makeFetcher(deps: FetcherDeps): Fetcher {
  const { transfers, spool, folder, cache } = deps
  const wishes = new Map<ObjectName, Wish[]>()
  let number = 0
  /** A folder that is fetched into next, by what has begun already. */
  let prepared: { readonly root: string; readonly longestBytes: number } | undefined

  /** All that is wished for by the time it is its turn. */
  async function fetchSome(signal: AbortSignal): Promise<void> {
    const some = [...wishes].slice(0, atOnce)
    for (const [name] of some) wishes.delete(name)
    const wanted = some.flatMap(([name, all]) => {
      const alive = all.filter((wish) => !wish.signal.aborted)
      return alive.length === 0 ? [] : [{ name, wishes: alive }]
    })
    if (wanted.length === 0) return
    const root = prepared?.root ?? join(spool, `fetch-${++number}`)
    const stop = new AbortController()
    const watching = stopWhenAllAreGone(
      wanted.flatMap((want) => want.wishes),
      stop,
    )
    try {
      const both = AbortSignal.any([signal, stop.signal])
      const outcome = await attempt(async () => {
        const paths = wanted.map(({ name }) => pathOf(folder, name))
        const allCame = await fetchInto(root, paths, await longestFor(wanted), both)
        return allCame ? 'gone' : undefined
      })
      // Of one of several, perhaps: then each has to answer for itself.
      const isShared = wanted.length > 1 && isRedomaError(outcome) && ofOneObject.has(outcome.code)
      for (const want of wanted) await hand(want, root, isShared ? 'fetch-alone' : outcome, both)
    } finally {
      watching()
      await rm(root, { recursive: true, force: true })
    }
  }

  /** What has begun passes over what is longer than it was told: then it is asked for anew. */
  async function fetchInto(
    root: string,
    paths: readonly string[],
    longestBytes: number,
    signal: AbortSignal,
  ): Promise<boolean> {
    const ready = prepared
    prepared = undefined
    if (ready === undefined) await mkdir(root, { mode: 0o700 })
    await expectNext()
    const allCame = await transfers.fetch(paths, root, ready?.longestBytes ?? longestBytes, signal)
    if (allCame || ready === undefined || ready.longestBytes >= longestBytes) return allCame
    return transfers.fetch(paths, root, longestBytes, signal)
  }

  async function expectNext(): Promise<void> {
    const root = join(spool, `fetch-${++number}`)
    const longestBytes = await longestFor([])
    await mkdir(root, { mode: 0o700 })
    prepared = { root, longestBytes }
    transfers.expect({ kind: 'fetch', to: root, longestBytes })
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
    ifMissing: Error | 'fetch-alone' | 'gone' | undefined,
    signal: AbortSignal,
  ): Promise<void> {
    const path = join(root, pathOf(folder, want.name))
    try {
      let size = await sizeOf(path)
      let isGone = ifMissing === 'gone'
      if (size === undefined && ifMissing === 'fetch-alone') {
        const paths = [pathOf(folder, want.name)]
        isGone = await transfers.fetch(paths, root, await longestFor([want]), signal)
        size = await sizeOf(path)
      } else if (size === undefined && ifMissing instanceof Error) throw ifMissing
      if (size === undefined) throw isGone ? gone(want.name) : await whyMissing(want.name, signal)
      for (const wish of want.wishes) wish.resolve(await open(path, 'r'))
      if (want.wishes.some((wish) => wish.keep)) await cache.keep(want.name, path, size)
    } catch (error) {
      for (const wish of want.wishes) wish.reject(asError(error))
    }
  }

  /** What is too long is passed over as what is not there. */
  async function whyMissing(name: ObjectName, signal: AbortSignal): Promise<RedomaError> {
    const info = await deps.look(name, signal)
    if (info === undefined) return gone(name)
    return new RedomaError('LIMIT_EXCEEDED', `${name} has ${info.size} bytes, and is fetched whole`, {
      hint: 'Free space where the instance’s folder is, if it is right that it is so long.',
    })
  }

  return {
    fetch: (name, keep, signal) => {
      const { wish, promise } = makeWish(keep, signal)
      const others = wishes.get(name)
      if (others !== undefined) others.push(wish)
      else if (!signal.aborted) {
        wishes.set(name, [wish])
        deps.inTurn(fetchSome).catch((error: unknown) => {
          // Before its turn came: this one, and those that would have been fetched with it.
          for (const left of wishes.get(name) ?? []) left.reject(asError(error))
          wishes.delete(name)
        })
      }
      return promise
    },
  }
}

function gone(name: ObjectName): RedomaError {
  return new RedomaError('OBJECT_NOT_FOUND', `there is no ${name}`)
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

/** What it returns, or throws. */
async function attempt<T>(work: () => Promise<T>): Promise<T | Error> {
  try {
    return await work()
  } catch (error) {
    return asError(error)
  }
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(messageOf(error))
}
