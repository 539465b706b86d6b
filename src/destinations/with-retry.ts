import { type ErrorCode, isRedomaError, RedomaError } from '../core/errors.ts'
import type { ByteRange, Destination, ObjectBody } from '../ports/destination.ts'
import { type Wrapped, wrap } from './wrapping.ts'

export interface RetryDeps {
  /** Kept after so many milliseconds; broken by the signal, with its reason. */
  readonly wait: (milliseconds: number, signal: AbortSignal) => Promise<void>
  /** From 0 to 1. */
  readonly random: () => number
  /** Milliseconds of a clock that nobody sets. */
  readonly nowMs: () => number
  /** Is told of each try that failed and is followed by another. */
  readonly onRetry?: (error: RedomaError) => void
}

export interface RetryLimits {
  /** Of one call, the first among them. */
  readonly tries: number
  /** No try begins later than so long after the first. */
  readonly totalMs: number
  readonly firstWaitMs: number
  readonly longestWaitMs: number
}

const usual: RetryLimits = { tries: 6, totalMs: 5 * 60_000, firstWaitMs: 500, longestWaitMs: 30_000 }

/** What may pass by itself: a server that starts anew, a line that is cut, a child process that was given up. */
const passing: ReadonlySet<ErrorCode> = new Set(['DESTINATION_UNREACHABLE'])

/**
 * Tries again what may pass, after waits that double, each of random length up to that (full jitter): many that were cut off together do
 * not come back together. A listing or an object of which the caller has a part already is not begun anew; a range goes on behind it.
 */
export function withRetry<Inner extends Destination>(
  inner: Inner,
  deps: RetryDeps,
  limits: Partial<RetryLimits> = {},
): Wrapped<Inner> {
  const { tries, totalMs, firstWaitMs, longestWaitMs } = { ...usual, ...limits }
  const { wait, random, nowMs, onRetry } = deps

  interface Course {
    readonly begunMs: number
    made: number
  }
  const begin = (): Course => ({ begunMs: nowMs(), made: 0 })

  /** Returns when another try may begin. */
  async function orThrow(error: unknown, course: Course, signal: AbortSignal): Promise<void> {
    // What broke off because it was told to is told as that.
    signal.throwIfAborted()
    if (!isRedomaError(error) || !passing.has(error.code)) throw error
    course.made++
    const waitMs = random() * Math.min(longestWaitMs, firstWaitMs * 2 ** (course.made - 1))
    if (course.made >= tries || nowMs() + waitMs - course.begunMs > totalMs) throw givenUp(error, course.made)
    onRetry?.(error)
    await wait(waitMs, signal)
  }

  async function again<T>(work: () => Promise<T>, signal: AbortSignal): Promise<T> {
    for (const course = begin(); ; ) {
      try {
        return await work()
      } catch (error) {
        await orThrow(error, course, signal)
      }
    }
  }

  async function* untilBegun<T>(open: () => AsyncIterable<T>, signal: AbortSignal): AsyncGenerator<T> {
    for (const course = begin(); ; ) {
      let hasBegun = false
      try {
        for await (const item of open()) {
          hasBegun = true
          yield item
        }
        return
      } catch (error) {
        if (hasBegun) throw error
        await orThrow(error, course, signal)
      }
    }
  }

  async function* goingOn(
    { offset, length }: ByteRange,
    open: (rest: ByteRange) => AsyncIterable<Uint8Array>,
    signal: AbortSignal,
  ): AsyncGenerator<Uint8Array> {
    let done = 0
    for (const course = begin(); ; ) {
      try {
        for await (const chunk of open({ offset: offset + done, length: length - done })) {
          done += chunk.length
          yield chunk
        }
        return
      } catch (error) {
        await orThrow(error, course, signal)
      }
    }
  }

  return wrap(inner, (whole) => ({
    async put(name, body, signal) {
      const watched = watch(body)
      await again(async () => {
        try {
          await whole.put(name, watched.body, signal)
        } catch (error) {
          if (watched.hasFailed()) throw new OfTheBody(error)
          throw error
        }
      }, signal).catch((error: unknown) => {
        throw error instanceof OfTheBody ? error.cause : error
      })
    },
    get: (name, range, signal) =>
      range === undefined
        ? untilBegun(() => whole.get(name, range, signal), signal)
        : goingOn(range, (rest) => whole.get(name, rest, signal), signal),
    list: (prefix, signal) => untilBegun(() => whole.list(prefix, signal), signal),
    remove: (name, signal) => again(() => whole.remove(name, signal), signal),
    flush: (signal) => again(() => whole.flush(signal), signal),
    space: (signal) => again(() => whole.space(signal), signal),
    readInto: (name, offset, out, signal) => again(() => whole.readInto(name, offset, out, signal), signal),
  }))
}

/** What the body itself failed with, which may be another destination's: not for us to try again. */
class OfTheBody extends Error {
  constructor(cause: unknown) {
    super('the body failed', { cause })
  }
}

function watch(body: ObjectBody): { readonly body: ObjectBody; hasFailed(): boolean } {
  let failed = false
  async function* open(): AsyncGenerator<Uint8Array> {
    const chunks = body.open()[Symbol.asyncIterator]()
    try {
      for (;;) {
        const next = await chunks.next().catch((error: unknown) => {
          failed = true
          throw error
        })
        if (next.done === true) return
        yield next.value
      }
    } finally {
      await chunks.return?.()
    }
  }
  return { body: { ...body, open }, hasFailed: () => failed }
}

function givenUp(error: RedomaError, made: number): RedomaError {
  if (made === 1) return error
  const { code, message, hint, cause } = error
  return new RedomaError(code, `${message} (${made} times)`, { hint, cause })
}
