import { whenAborted } from '../../core/when-aborted.ts'
import { type Destination, type ObjectName, readsInto } from '../../ports/destination.ts'

/** A lock that work depends on. */
export interface Tenure {
  /** Whether others still have to respect it, by the clock as it is now. */
  isGood(): boolean
  /** Kept when it is good again, broken when it is lost. */
  whenKnown(): Promise<unknown>
}

/**
 * What keeps a process from writing under a lock that others may have taken for dead: it slept, and wakes up between two writes. Told by
 * the clock at each write, so there is no moment in which a timer has not gone off yet.
 */
export interface Fence {
  /** As `inner`, but nothing is put or removed while a lock is not known to be good; locks themselves are. */
  guard(inner: Destination, prefix: string): Destination
  hold(tenure: Tenure): Disposable
}

export function makeFence(): Fence {
  const tenures = new Set<Tenure>()

  async function pass(name: ObjectName, prefix: string, signal: AbortSignal): Promise<void> {
    if (name.startsWith(`${prefix}locks/`)) return
    for (const tenure of tenures) {
      while (!tenure.isGood()) {
        using aborted = whenAborted(signal)
        await Promise.race([tenure.whenKnown(), aborted.promise])
      }
    }
  }

  return {
    guard: (inner, prefix) => ({
      async put(name, body, signal) {
        await pass(name, prefix, signal)
        await inner.put(name, body, signal)
      },
      async remove(name, signal) {
        await pass(name, prefix, signal)
        await inner.remove(name, signal)
      },
      get: (name, range, signal) => inner.get(name, range, signal),
      list: (part, signal) => inner.list(part, signal),
      flush: (signal) => inner.flush(signal),
      // Without this power a check spends more time on finding memory than on hashing.
      ...(readsInto(inner)
        ? { readInto: (...words: Parameters<typeof inner.readInto>) => inner.readInto(...words) }
        : {}),
    }),
    hold: (tenure) => {
      tenures.add(tenure)
      return { [Symbol.dispose]: () => void tenures.delete(tenure) }
    },
  }
}
