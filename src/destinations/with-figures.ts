import { type ErrorCode, isRedomaError } from '../core/errors.ts'
import type { Destination, ObjectBody } from '../ports/destination.ts'
import type { DestinationFigures } from '../ports/destination-figures.ts'
import { makeStopwatch } from './stopwatch.ts'
import { type Wrapped, wrap } from './wrapping.ts'

/**
 * Counts what is done with a destination. Outside of retries it counts what was asked for, inside what went over the line.
 *
 * @param nowMs milliseconds of a clock that nobody sets
 */
export function withFigures<Inner extends Destination>(
  inner: Inner,
  nowMs: () => number,
): { readonly destination: Wrapped<Inner>; readonly figures: () => DestinationFigures } {
  const counts = { puts: 0, bytesUp: 0, gets: 0, bytesDown: 0, lists: 0, removals: 0, flushes: 0 }
  const failures: Partial<Record<ErrorCode, number>> = {}
  const up = makeStopwatch(nowMs)
  const down = makeStopwatch(nowMs)

  function countFailure(error: unknown, signal: AbortSignal): void {
    if (signal.aborted) return
    const code = isRedomaError(error) ? error.code : 'INTERNAL'
    failures[code] = (failures[code] ?? 0) + 1
  }

  async function call<T>(
    work: () => Promise<T>,
    signal: AbortSignal,
    running = makeStopwatch(nowMs),
  ): Promise<T> {
    const stop = running.start()
    try {
      return await work()
    } catch (error) {
      countFailure(error, signal)
      throw error
    } finally {
      stop()
    }
  }

  async function* iterate<T>(items: AsyncIterable<T>, signal: AbortSignal): AsyncGenerator<T> {
    try {
      yield* items
    } catch (error) {
      countFailure(error, signal)
      throw error
    }
  }

  async function* countUp(body: ObjectBody): AsyncGenerator<Uint8Array> {
    for await (const chunk of body.open()) {
      counts.bytesUp += chunk.length
      yield chunk
    }
  }

  const destination = wrap(inner, (whole) => ({
    put(name, body, signal) {
      counts.puts++
      return call(() => whole.put(name, { ...body, open: () => countUp(body) }, signal), signal, up)
    },
    async *get(name, range, signal) {
      counts.gets++
      const stop = down.start()
      try {
        for await (const chunk of iterate(whole.get(name, range, signal), signal)) {
          counts.bytesDown += chunk.length
          yield chunk
        }
      } finally {
        stop()
      }
    },
    async readInto(name, offset, out, signal) {
      counts.gets++
      await call(() => whole.readInto(name, offset, out, signal), signal, down)
      counts.bytesDown += out.length
    },
    list(prefix, signal) {
      counts.lists++
      return iterate(whole.list(prefix, signal), signal)
    },
    remove(name, signal) {
      counts.removals++
      return call(() => whole.remove(name, signal), signal)
    },
    flush(signal) {
      counts.flushes++
      return call(() => whole.flush(signal), signal, up)
    },
    space: (signal) => call(() => whole.space(signal), signal),
  }))
  return {
    destination,
    figures: () => ({ ...counts, upMs: up.totalMs(), downMs: down.totalMs(), failures: { ...failures } }),
  }
}
