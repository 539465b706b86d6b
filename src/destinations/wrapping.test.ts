import { describe, expect, test } from 'vitest'
import { handTurnedClock } from '../../test/support/clock.ts'
import { isRedomaError } from '../core/errors.ts'
import * as port from '../ports/destination.ts'
import { localDestination } from './local/local-destination.ts'
import { memoryDestination } from './memory.ts'
import { readOnly } from './read-only.ts'
import { withBandwidth } from './with-bandwidth.ts'
import { withFigures } from './with-figures.ts'
import { withRetry } from './with-retry.ts'

const { signal } = new AbortController()
const time = { nowMs: () => 0, wait: async () => undefined, random: () => 0 }
const wrappers = {
  readOnly,
  withRetry: <T extends port.Destination>(inner: T) => withRetry(inner, time),
  withBandwidth: <T extends port.Destination>(inner: T) => withBandwidth(inner, { uploadLimit: 1 }, time),
  withFigures: <T extends port.Destination>(inner: T) => withFigures(inner, time.nowMs).destination,
}

/** The port's own questions whether a destination has a power: those that one which has everything answers with yes. */
function questions(): ((destination: port.Destination) => boolean)[] {
  const everything = new Proxy({}, { has: () => true, get: () => () => undefined })
  const exported: readonly unknown[] = Object.values(port)
  return exported.filter((value): value is (destination: port.Destination) => boolean => {
    try {
      return (value as (destination: object) => unknown)(everything) === true
    } catch {
      return false
    }
  })
}

describe.each(Object.entries(wrappers))('%s', (_, wrapper) => {
  test('lets every power of the port through, and invents none', () => {
    const everything = new Proxy(memoryDestination(), { has: () => true, get: () => () => undefined })

    expect(questions().length).toBeGreaterThanOrEqual(2)
    for (const hasPower of questions()) {
      expect(hasPower(wrapper(everything))).toBe(true)
      expect(hasPower(wrapper(memoryDestination()))).toBe(false)
    }
  })

  test('reads and measures through optional powers, and closes what it wraps', async () => {
    let closed = 0
    const inner = {
      ...localDestination('/proc/self', handTurnedClock()),
      async [Symbol.asyncDispose]() {
        closed++
      },
    }
    const wrapped = wrapper(inner)

    expect((await wrapped.space(signal)).totalBytes).toBe(0)
    await expect(
      wrapped.readInto(port.parseObjectName('none'), 0, new Uint8Array(1), signal),
    ).rejects.toSatisfy((error) => isRedomaError(error, 'OBJECT_NOT_FOUND'))
    await wrapped[Symbol.asyncDispose]()
    expect(closed).toBe(1)
  })
})

test('a destination for reading only refuses every change, and reads', async () => {
  const inner = memoryDestination()
  const name = port.parseObjectName('a/b')
  await inner.put(name, port.bodyOf(Buffer.from('object')), signal)
  const destination = readOnly(inner)

  for (const change of [
    destination.put(name, port.bodyOf(Buffer.from('other')), signal),
    destination.remove(name, signal),
    destination.flush(signal),
  ]) {
    await expect(change).rejects.toSatisfy((error) => isRedomaError(error, 'DESTINATION_READ_ONLY'))
  }
  const [chunk] = await Array.fromAsync(destination.get(name, undefined, signal))
  expect(Buffer.from(chunk ?? []).toString()).toBe('object')
})
