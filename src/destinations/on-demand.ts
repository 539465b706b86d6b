import { isRedomaError, RedomaError } from '../core/errors.ts'
import { unlessAborted } from '../core/unless-aborted.ts'
import type { Destination, MeasuresSpace, ReadsInto } from '../ports/destination.ts'

export interface OnDemandDeps<Inner> {
  /** @param signal aborted when nobody will use the destination any more */
  readonly connect: (signal: AbortSignal) => Promise<Inner>
  /** Nobody having used it for so long, it is let go until somebody does, in milliseconds. */
  readonly idleMs: number
  /** Connect anew after a call that could not reach it: a mount that is gone does not come back by itself. */
  readonly reconnects?: boolean
}

/** What the connection can do besides, so that it is known before there is one. */
export type Power = keyof ReadsInto | keyof MeasuresSpace

type With<Powers extends Power> = Destination &
  Pick<ReadsInto & MeasuresSpace, Powers> &
  Partial<AsyncDisposable>

/**
 * A destination that is connected to by whoever uses it first, and let go when it is idle: a mount, a login. A connecting that failed
 * is tried again by the next who needs it. What was put and not flushed is flushed first: letting go might lose it. Where a connection is lost
 * with that, the next flush fails: the new one knows nothing of it.
 */
export function onDemand<Powers extends Power>(
  { connect, idleMs, reconnects = false }: OnDemandDeps<With<Powers>>,
  powers: readonly Powers[],
): With<Powers> & AsyncDisposable {
  let open: Promise<With<Powers>> | undefined
  let closing: Promise<unknown> | undefined
  let users = 0
  let puts = 0
  let flushed = 0
  let timer: NodeJS.Timeout | undefined
  const ended = new AbortController()
  let isLost = false
  /** Of the puts until then, those that were not flushed may be gone. */
  let lostPuts = 0

  async function connected(): Promise<With<Powers>> {
    await closing
    ended.signal.throwIfAborted()
    if (open !== undefined) return open
    const attempt = connect(ended.signal)
    open = attempt
    attempt.catch(() => {
      if (open === attempt) open = undefined
    })
    return attempt
  }

  async function take(signal: AbortSignal): Promise<With<Powers>> {
    clearTimeout(timer)
    users++
    try {
      return await unlessAborted(connected(), signal)
    } catch (error) {
      giveBack()
      throw error
    }
  }

  function giveBack(): void {
    users--
    if (isLost && users === 0) {
      // Now: what went by the lost connection to its end is among it.
      lostPuts = puts
      void letGo()
      return
    }
    if (users > 0 || open === undefined) return
    clearTimeout(timer)
    timer = setTimeout(whenIdle, idleMs).unref()
  }

  function whenIdle(): void {
    // That something was lost is for who flushes to hear.
    if (lostPuts > flushed) return
    // The use that this is begins the waiting anew; a failure is told to who flushes.
    if (puts > flushed) base.flush(ended.signal).catch(() => undefined)
    else void letGo()
  }

  async function letGo(): Promise<void> {
    clearTimeout(timer)
    const leaving = open
    open = undefined
    isLost = false
    if (leaving === undefined) {
      await closing
      return
    }
    const done = leaving.then((inner) => inner[Symbol.asyncDispose]?.()).catch(() => undefined)
    closing = done
    await done
    if (closing === done) closing = undefined
  }

  function lookAt(error: unknown): unknown {
    if (reconnects && isRedomaError(error, 'DESTINATION_UNREACHABLE')) isLost = true
    return error
  }

  async function use<T>(signal: AbortSignal, work: (inner: With<Powers>) => Promise<T>): Promise<T> {
    const inner = await take(signal)
    try {
      return await work(inner)
    } catch (error) {
      throw lookAt(error)
    } finally {
      giveBack()
    }
  }

  async function* iterate<T>(
    signal: AbortSignal,
    work: (inner: With<Powers>) => AsyncIterable<T>,
  ): AsyncGenerator<T> {
    const inner = await take(signal)
    try {
      yield* work(inner)
    } catch (error) {
      throw lookAt(error)
    } finally {
      giveBack()
    }
  }

  const optional: ReadsInto & MeasuresSpace = {
    readInto: (name, offset, out, signal) =>
      use(signal, (inner) => reading(inner).readInto(name, offset, out, signal)),
    space: (signal) => use(signal, (inner) => measuring(inner).space(signal)),
  }
  const base: Destination & AsyncDisposable = {
    put: (name, body, signal) =>
      use(signal, async (inner) => {
        await inner.put(name, body, signal)
        puts++
      }),
    get: (name, range, signal) => iterate(signal, (inner) => inner.get(name, range, signal)),
    list: (prefix, signal) => iterate(signal, (inner) => inner.list(prefix, signal)),
    remove: (name, signal) =>
      use(signal, async (inner) => {
        await inner.remove(name, signal)
        puts++
      }),
    async flush(signal) {
      const until = puts
      if (lostPuts > flushed) {
        // Who connects anew may hear why it was lost: that the server lets this user in no more.
        await use(signal, () => Promise.resolve())
        flushed = lostPuts
        throw notDurable()
      }
      await use(signal, (inner) => inner.flush(signal))
      flushed = Math.max(flushed, until)
    },
    [Symbol.asyncDispose]: () => {
      ended.abort(new RedomaError('INTERNAL', 'a destination was used after it was let go'))
      return letGo()
    },
  }
  const chosen = Object.fromEntries(powers.map((power) => [power, optional[power]]))
  return { ...base, ...chosen } as With<Powers> & AsyncDisposable
}

function notDurable(): RedomaError {
  return new RedomaError(
    'DESTINATION_FAILED',
    'the connection was lost before all that was put was durable',
    { hint: 'Run it again: what did arrive is not sent twice.' },
  )
}

function reading(inner: object): ReadsInto {
  return inner as ReadsInto
}

function measuring(inner: object): MeasuresSpace {
  return inner as MeasuresSpace
}
