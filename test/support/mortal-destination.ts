import type { Destination } from '../../src/ports/destination.ts'

/** `midway`: half of an object was handed over. `after`: all was done, and nobody was told. */
export type MomentOfDeath = 'midway' | 'after'

/** What a destination saw of the process that used it. */
export interface Traffic {
  /** Calls that change something, or make it durable. */
  changes: number
  /** Of packs, in bytes. */
  putBytes: number
}

/**
 * A destination that kills this process at the change number `dieAt`. What such a change leaves is all that a later process can
 * see: to die while reading, or before a change, leaves what the change before it left.
 */
export function mortalDestination(
  inner: Destination,
  { dieAt, moment }: { readonly dieAt: number; readonly moment: MomentOfDeath },
): { readonly destination: Destination; readonly traffic: Traffic } {
  const traffic = { changes: 0, putBytes: 0 }
  const mortal = async (work: (isLast: boolean) => Promise<void>): Promise<void> => {
    const isLast = ++traffic.changes === dieAt
    await work(isLast)
    if (isLast) die()
  }
  const destination: Destination = {
    ...inner,
    put: (name, body, signal) =>
      mortal(async (isLast) => {
        if (name.startsWith('data/')) traffic.putBytes += body.size ?? 0
        const half = isLast && moment === 'midway' ? { open: () => diesMidway(body.open()) } : body
        await inner.put(name, half, signal)
      }),
    remove: (name, signal) => mortal(() => inner.remove(name, signal)),
    flush: (signal) => mortal(() => inner.flush(signal)),
  }
  return { destination, traffic }
}

async function* diesMidway(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  for await (const chunk of chunks) {
    yield chunk.subarray(0, chunk.length >> 1)
    die()
  }
}

/** Nothing runs afterwards: no `finally`, no exit handler, no thread. */
function die(): void {
  process.kill(process.pid, 'SIGKILL')
}
