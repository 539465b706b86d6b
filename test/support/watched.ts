import type { Destination, ObjectBody, ObjectName } from '../../src/ports/destination.ts'

/** A destination that knows the moments of a run, and what it has said is durable. */
export interface Watched {
  readonly destination: Destination
  /** Until now: one before each call, and one in the middle of each piece of what is put. */
  moments(): number
  /** Names of objects that were put, flushed, and not removed. */
  durable(): readonly ObjectName[]
}

/** @param at the number of the moment in which `strike` is called, and waited for; the first is 1 */
export function watched(inner: Destination, at: number, strike: () => Promise<void>): Watched {
  let moments = 0
  const put = new Set<ObjectName>()
  const durable = new Set<ObjectName>()
  const moment = async (): Promise<void> => {
    if (++moments === at) await strike()
  }
  const destination: Destination = {
    async put(name, body, signal) {
      await moment()
      await inner.put(name, inHalves(body, moment), signal)
      put.add(name)
    },
    async *get(name, range, signal) {
      await moment()
      yield* inner.get(name, range, signal)
    },
    async *list(prefix, signal) {
      await moment()
      yield* inner.list(prefix, signal)
    },
    async remove(name, signal) {
      await moment()
      durable.delete(name)
      put.delete(name)
      await inner.remove(name, signal)
    },
    async flush(signal) {
      await moment()
      const before = [...put]
      await inner.flush(signal)
      for (const name of before) if (put.delete(name)) durable.add(name)
    },
  }
  return { destination, moments: () => moments, durable: () => [...durable] }
}

function inHalves(body: ObjectBody, moment: () => Promise<void>): ObjectBody {
  return {
    ...body,
    async *open() {
      for await (const chunk of body.open()) {
        const half = chunk.length >> 1
        yield chunk.subarray(0, half)
        await moment()
        yield chunk.subarray(half)
      }
    },
  }
}
