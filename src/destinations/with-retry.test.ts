import { describe, expect, test } from 'vitest'
import { type Fault, faultyDestination } from '../../test/support/faulty-destination.ts'
import { collectBytes } from '../core/bytes.ts'
import { isRedomaError, RedomaError } from '../core/errors.ts'
import { bodyOf, type Destination, parseObjectName } from '../ports/destination.ts'
import { memoryDestination } from './memory.ts'
import { type RetryDeps, withRetry } from './with-retry.ts'

const { signal } = new AbortController()
const name = parseObjectName('data/object')
const content = Buffer.from('0123456789')

/** Time that passes only by waiting; `waits` are the waits. */
function handTurned(random = 1): RetryDeps & { readonly waits: number[] } {
  const waits: number[] = []
  let now = 0
  return {
    waits,
    random: () => random,
    nowMs: () => now,
    async wait(milliseconds, stopped) {
      stopped.throwIfAborted()
      waits.push(milliseconds)
      now += milliseconds
    },
  }
}

function unreachable(): RedomaError {
  return new RedomaError('DESTINATION_UNREACHABLE', 'gone for a moment')
}

/** Fails so many times, after `given` bytes where it reads, and counts the tries. */
function failing(times: number, given = 0, error: Error = unreachable()): Destination & { tries: number } {
  const inner = memoryDestination(new Map([[name, content]]))
  const fail = (): void => {
    if (++destination.tries <= times) throw error
  }
  const destination = {
    ...inner,
    tries: 0,
    put: async (...words: Parameters<Destination['put']>) => {
      fail()
      await inner.put(...words)
    },
    async *get(...[object, range, stop]: Parameters<Destination['get']>) {
      const whole = await collectBytes(inner.get(object, range, stop), 100)
      if (given > 0) yield whole.subarray(0, given)
      fail()
      yield whole.subarray(given)
    },
    async *list(...words: Parameters<Destination['list']>) {
      fail()
      yield* inner.list(...words)
    },
    remove: async (...words: Parameters<Destination['remove']>) => {
      fail()
      await inner.remove(...words)
    },
    flush: async () => {
      fail()
    },
  }
  return destination
}

describe('a destination with retries', () => {
  test('goes on after what passes, with every call', async () => {
    const calls: ((destination: Destination) => Promise<unknown>)[] = [
      (destination) => destination.put(name, bodyOf(content), signal),
      (destination) => collectBytes(destination.get(name, undefined, signal), 10),
      (destination) => Array.fromAsync(destination.list('', signal)),
      (destination) => destination.remove(name, signal),
      (destination) => destination.flush(signal),
    ]
    for (const call of calls) {
      const inner = failing(3)
      await call(withRetry(inner, handTurned()))
      expect(inner.tries).toBe(4)
    }
  })

  test('waits twice as long each time, up to a bound, and by chance up to that', async () => {
    const limits = { tries: 7, firstWaitMs: 100, longestWaitMs: 1000 }
    for (const chance of [1, 0.25, 0]) {
      const time = handTurned(chance)
      await withRetry(failing(6), time, limits).flush(signal)

      expect(time.waits).toEqual([100, 200, 400, 800, 1000, 1000].map((most) => most * chance))
    }
  })

  test('gives up after so many tries, or so long, and says how often it tried', async () => {
    const byTries = withRetry(failing(99), handTurned(), { tries: 3 }).flush(signal)
    await expect(byTries).rejects.toThrow('gone for a moment (3 times)')

    const time = handTurned()
    const byTime = withRetry(failing(99), time, { tries: 99, totalMs: 10_000, longestWaitMs: 3000 })
    await expect(byTime.flush(signal)).rejects.toSatisfy((error) =>
      isRedomaError(error, 'DESTINATION_UNREACHABLE'),
    )
    expect(time.nowMs()).toBeLessThanOrEqual(10_000)
    expect(time.nowMs()).toBeGreaterThan(5000)
  })

  test('does not try again what does not pass, nor what the body failed with', async () => {
    const full = failing(1, 0, new RedomaError('DESTINATION_FULL', 'no room'))
    await expect(withRetry(full, handTurned()).flush(signal)).rejects.toThrow(/^no room$/)
    expect(full.tries).toBe(1)

    const inner = memoryDestination()
    let opened = 0
    const body = {
      async *open(): AsyncGenerator<Uint8Array> {
        opened++
        yield content
        throw unreachable()
      },
    }
    await expect(withRetry(inner, handTurned()).put(name, body, signal)).rejects.toThrow('gone for a moment')
    expect(opened).toBe(1)
  })

  test('goes on behind what it gave of a range, and never begins an object anew', async () => {
    const range = { offset: 1, length: 8 }
    const ranged = withRetry(failing(2, 3), handTurned()).get(name, range, signal)
    expect(Buffer.from(await collectBytes(ranged, 10)).toString()).toBe('12345678')

    const whole = withRetry(failing(1, 3), handTurned()).get(name, undefined, signal)
    await expect(collectBytes(whole, 10)).rejects.toThrow('gone for a moment')
  })

  test('stops waiting at once when it is told to', async () => {
    const stop = new AbortController()
    const time = handTurned()
    const destination = withRetry(failing(99), {
      ...time,
      wait: (_, stopped) =>
        new Promise((_resolve, reject) => {
          stopped.addEventListener('abort', () => {
            reject(stopped.reason as Error)
          })
          stop.abort(new Error('enough'))
        }),
    })

    await expect(destination.flush(stop.signal)).rejects.toThrow('enough')
  })

  test.each(['fails-before', 'fails-after', 'truncates'] satisfies Fault[])(
    'ends in the same state as without a fault, when any call once %s',
    async (fault) => {
      for (let failAt = 1; failAt <= 4; failAt++) {
        const inner = memoryDestination()
        const faulty = faultyDestination(inner, failAt, fault)
        const destination = withRetry(passing(faulty), handTurned())
        await destination.put(name, bodyOf(content), signal)
        await destination.put(parseObjectName('other'), bodyOf(content), signal)
        await destination.remove(parseObjectName('other'), signal)
        await destination.flush(signal)

        expect(faulty.calls()).toBe(5)
        expect((await Array.fromAsync(inner.list('', signal))).map((info) => info.name)).toEqual([name])
      }
    },
  )
})

/** What fails there, passes. */
function passing(inner: Destination): Destination {
  const work = async (call: () => Promise<void>): Promise<void> => {
    await call().catch(() => {
      throw unreachable()
    })
  }
  return {
    ...inner,
    put: (...words) => work(() => inner.put(...words)),
    remove: (...words) => work(() => inner.remove(...words)),
    flush: (...words) => work(() => inner.flush(...words)),
  }
}
