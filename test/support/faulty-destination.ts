import { setTimeout as wait } from 'node:timers/promises'
import { RedomaError } from '../../src/core/errors.ts'
import type { Destination, ObjectBody, ObjectInfo } from '../../src/ports/destination.ts'

/**
 * What can go wrong with a call:
 *
 * - `fails-before`: nothing was done, and the caller is told;
 * - `fails-after`: all was done, and the caller is told that it was not;
 * - `truncates`: what is read ends early, without a word; what is put breaks off, which leaves nothing and is told;
 * - `keeps-half`: what is put is kept half, and called done, which no destination may do; what is read ends early;
 * - `is-delayed`: others overtake it;
 * - `is-duplicated`: done twice, as by a network that sends again; each entry of a listing comes twice.
 */
export type Fault =
  | 'fails-before'
  | 'fails-after'
  | 'truncates'
  | 'keeps-half'
  | 'is-delayed'
  | 'is-duplicated'

/** Whether the caller is told; where it is not, a run must not fail of it. */
export function mustBeTold(fault: Fault): boolean {
  return fault !== 'is-delayed' && fault !== 'is-duplicated'
}

/** Long enough for whatever does not wait for the call itself. */
const delayMs = 15

/**
 * A destination whose `failAt`-th call goes wrong. `calls()` tells how many there were, so that a test can go through all
 * of them.
 */
export function faultyDestination(
  inner: Destination,
  failAt: number,
  fault: Fault,
): Destination & { calls(): number } {
  let calls = 0
  const turn = (): Fault | undefined => (++calls === failAt ? fault : undefined)
  return {
    calls: () => calls,
    put: (name, body, signal) =>
      spoil(turn(), {
        whole: () => inner.put(name, body, signal),
        broken: () => inner.put(name, brokenBody(body), signal),
        half: () => inner.put(name, { open: () => firstHalf(body.open()) }, signal),
      }),
    get: (name, range, signal) => spoilReading(turn(), () => inner.get(name, range, signal), firstHalf),
    list: (prefix, signal) =>
      spoilReading(turn(), () => inner.list(prefix, signal), brokenListing, twiceEach),
    remove: (name, signal) => spoil(turn(), { whole: () => inner.remove(name, signal) }),
    flush: (signal) => spoil(turn(), { whole: () => inner.flush(signal) }),
  }
}

interface Change {
  readonly whole: () => Promise<void>
  /** Breaks off with an error. */
  readonly broken?: () => Promise<void>
  /** Says that it is done. */
  readonly half?: () => Promise<void>
}

async function spoil(
  fault: Fault | undefined,
  { whole, broken = whole, half = whole }: Change,
): Promise<void> {
  switch (fault) {
    case undefined:
      return whole()
    case 'fails-before':
      throw failure()
    case 'fails-after':
      await whole()
      throw failure()
    case 'truncates':
      await broken()
      throw failure()
    case 'keeps-half':
      return half()
    case 'is-delayed':
      await wait(delayMs)
      return whole()
    case 'is-duplicated':
      await whole()
      return whole()
  }
}

async function* spoilReading<T>(
  fault: Fault | undefined,
  open: () => AsyncIterable<T>,
  half: (whole: AsyncIterable<T>) => AsyncIterable<T>,
  twice: (whole: AsyncIterable<T>) => AsyncIterable<T> = (whole) => whole,
): AsyncGenerator<T> {
  if (fault === 'fails-before') throw failure()
  if (fault === 'is-delayed') await wait(delayMs)
  if (fault === 'truncates' || fault === 'keeps-half') yield* half(open())
  else if (fault === 'is-duplicated') yield* twice(open())
  else yield* open()
  if (fault === 'fails-after') throw failure()
}

function failure(): RedomaError {
  return new RedomaError('DESTINATION_FAILED', 'the destination failed, as the test wanted')
}

async function* firstHalf(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const whole = Buffer.concat(await Array.fromAsync(chunks))
  yield new Uint8Array(whole.subarray(0, whole.length >> 1))
}

/** Of its true size, and the connection is cut halfway. */
function brokenBody(body: ObjectBody): ObjectBody {
  return {
    ...body,
    async *open() {
      yield* firstHalf(body.open())
      throw failure()
    },
  }
}

/** A listing that ended early in silence could not be told from one of fewer objects: no program could go on safely. */
async function* brokenListing(entries: AsyncIterable<ObjectInfo>): AsyncGenerator<ObjectInfo> {
  const whole = await Array.fromAsync(entries)
  yield* whole.slice(0, whole.length >> 1)
  throw failure()
}

async function* twiceEach<T>(entries: AsyncIterable<T>): AsyncGenerator<T> {
  for await (const entry of entries) {
    yield entry
    yield entry
  }
}
