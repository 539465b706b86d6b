import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { unlessAborted } from '../../core/unless-aborted.ts'
import type { Clock } from '../../ports/clock.ts'
import type { ObjectInfo, ObjectName } from '../../ports/destination.ts'
import { fetchListing, readListing } from './list-objects.ts'
import type { Transfers } from './transfers.ts'
import { stopWhenAllAreGone } from './wish.ts'

/** What is there. Listings that are asked for at once, or while others come, are fetched together: a run costs the same for one and for ten. */
export interface Lister {
  /** It begins after it was asked for. */
  list(prefix: string, signal: AbortSignal): AsyncGenerator<ObjectInfo>
  /** One object; within a turn. */
  readonly look: (name: ObjectName, signal: AbortSignal) => Promise<ObjectInfo | undefined>
}

export interface ListerDeps {
  readonly transfers: Transfers
  readonly spool: string
  /** At the destination. */
  readonly folder: string
  readonly clock: Clock
  readonly inTurn: (work: (signal: AbortSignal) => Promise<void>) => Promise<void>
  readonly onLeftovers: (paths: readonly string[]) => Promise<void>
}

/** A listing that is waited for, or the file that it is in, which goes when the last who asked has read it. */
interface Listing {
  readonly path: string
  readonly readers: Set<Reader>
  readonly made: Promise<void>
}

interface Reader {
  readonly prefix: string
  readonly signal: AbortSignal
}

export function makeLister(deps: ListerDeps): Lister {
  const { transfers, spool, folder, clock, inTurn } = deps
  let next: Listing | undefined
  let number = 0

  function begin(): Listing {
    const path = join(spool, `listing-${++number}`)
    const readers = new Set<Reader>()
    const made = inTurn(async (ending) => {
      // Who asks at the same moment comes a little later, having flushed.
      await setImmediate()
      next = undefined
      try {
        await fetchFor([...readers], path, ending)
      } finally {
        if (readers.size === 0) await rm(path, { force: true })
      }
    })
    made.catch(() => undefined) // Who asked looks at it.
    return { path, readers, made }
  }

  async function fetchFor(readers: readonly Reader[], path: string, ending: AbortSignal): Promise<void> {
    if (readers.length === 0) return
    const stop = new AbortController()
    const watching = stopWhenAllAreGone(readers, stop)
    try {
      const prefixes = readers.map(({ prefix }) => prefix)
      await fetchListing(transfers, path, folder, prefixes, AbortSignal.any([ending, stop.signal]))
    } finally {
      watching()
    }
  }

  return {
    async *list(prefix, signal) {
      signal.throwIfAborted()
      next ??= begin()
      const { path, readers, made } = next
      const reader = { prefix, signal }
      readers.add(reader)
      try {
        await unlessAborted(made, signal)
        yield* readListing(path, folder, prefix, clock.now(), deps.onLeftovers, signal)
      } finally {
        readers.delete(reader)
        if (readers.size === 0) await rm(path, { force: true })
      }
    },
    async look(name, signal) {
      const path = join(spool, `look-${++number}`)
      try {
        await fetchListing(transfers, path, folder, [name], signal)
        for await (const info of readListing(
          path,
          folder,
          name,
          clock.now(),
          async () => undefined,
          signal,
        )) {
          if (info.name === name) return info
        }
        return undefined
      } finally {
        await rm(path, { force: true })
      }
    },
  }
}
