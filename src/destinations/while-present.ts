import { isRedomaError } from '../core/errors.ts'
import type { Destination, ObjectName } from '../ports/destination.ts'
import type { Presence } from '../ports/presence.ts'
import { type Wrapped, wrap } from './wrapping.ts'

/**
 * Writes nothing while other nodes may take this process for dead, and do its work: it was stopped, and goes on between two writes. Asked
 * at each write, by the clocks, so that there is no moment in which a timer has not gone off yet.
 *
 * A write that was under way when the process was stopped ends when it goes on. What it wrote is a new object as a rule, which nobody knows; an
 * index or a snapshot is known at once, and may name what another has pruned meanwhile, so it is taken back.
 */
export function whilePresent<Inner extends Destination>(inner: Inner, presence: Presence): Wrapped<Inner> {
  /** Some destinations send nothing before that. */
  const unflushed = new Set<ObjectName>()
  return wrap(inner, (whole) => {
    const pass = async (signal: AbortSignal): Promise<void> => {
      if (!presence.isGood()) await presence.whenGood(signal)
    }

    async function confirm(names: readonly ObjectName[], signal: AbortSignal): Promise<void> {
      try {
        await pass(signal)
      } catch (error) {
        if (isRedomaError(error, 'LEASE_LOST')) await takeBack(names)
        throw error
      }
    }

    async function takeBack(names: readonly ObjectName[]): Promise<void> {
      const { signal } = new AbortController()
      for (const name of names) await whole.remove(name, signal)
      if (names.length > 0) await whole.flush(signal)
    }

    return {
      async put(name, body, signal) {
        if (!isLock(name)) await pass(signal)
        if (isPublication(name)) unflushed.add(name)
        await whole.put(name, body, signal)
        if (isPublication(name)) await confirm([name], signal)
      },
      async remove(name, signal) {
        if (!isLock(name)) await pass(signal)
        await whole.remove(name, signal)
      },
      async flush(signal) {
        await pass(signal)
        const flushed = [...unflushed]
        await whole.flush(signal)
        await confirm(flushed, signal)
        for (const name of flushed) unflushed.delete(name)
      },
      get: (name, range, signal) => whole.get(name, range, signal),
      list: (part, signal) => whole.list(part, signal),
      space: (signal) => whole.space(signal),
      readInto: (...words) => whole.readInto(...words),
    }
  })
}

/** Our own may be removed at any time: one that stays is in the way of others. */
function isLock(name: ObjectName): boolean {
  return /(^|\/)locks\/[0-9a-f]{64}$/.test(name)
}

/** What makes packs of a repository part of it. */
function isPublication(name: ObjectName): boolean {
  return /(^|\/)(index|snapshots)\/[0-9a-f]{64}$/.test(name)
}
