import { describe, expect, test } from 'vitest'
import { handTurnedClock } from '../../test/support/clock.ts'
import { temporaryFolder } from '../../test/support/temporary-folder.ts'
import { collectBytes } from '../core/bytes.ts'
import { bodyOf, parseObjectName } from '../ports/destination.ts'
import { localDestination } from './local/local-destination.ts'
import { memoryDestination } from './memory.ts'
import { withBandwidth } from './with-bandwidth.ts'

const { signal } = new AbortController()
const kibibyte = 1024
const mebibyte = 1024 * kibibyte

function handTurned(): {
  readonly nowMs: () => number
  readonly wait: (ms: number, stop: AbortSignal) => Promise<void>
  readonly clock: ReturnType<typeof handTurnedClock>
} {
  const clock = handTurnedClock()
  return { clock, nowMs: () => clock.now().getTime(), wait: (ms, stop) => clock.wait(ms, stop) }
}

describe('a destination with a limited bandwidth', () => {
  test('takes no more bytes a second than it may, over all that is put at once, and all alike', async () => {
    const { clock, ...time } = handTurned()
    const destination = withBandwidth(memoryDestination(), { uploadLimit: 100 * kibibyte }, time)
    const given = [0, 0, 0]
    const puts = given.map((_, index) => {
      const open = async function* (): AsyncGenerator<Uint8Array> {
        for (let part = 0; part < 100; part++) {
          yield new Uint8Array(10 * kibibyte)
          given[index] = (given[index] ?? 0) + 10 * kibibyte
        }
      }
      return destination.put(parseObjectName(`object-${index}`), { open }, signal)
    })

    for (let step = 0; step < 750; step++) await clock.run(20)
    const sum = given.reduce((total, bytes) => total + bytes, 0)
    expect(sum / kibibyte).toBeGreaterThan(1300)
    expect(sum / kibibyte).toBeLessThan(1600)
    expect(Math.max(...given) - Math.min(...given)).toBeLessThan(200 * kibibyte)
    await clock.run(60_000)
    await Promise.all(puts)
  })

  test('gives no more bytes a second than it may, however they are read', async () => {
    await using folder = await temporaryFolder()
    const { clock, ...time } = handTurned()
    const destination = withBandwidth(localDestination(folder.path, clock), { downloadLimit: mebibyte }, time)
    const name = parseObjectName('object')
    const content = Buffer.alloc(8 * mebibyte, 7)
    await destination.put(name, bodyOf(content), signal)
    const out = new Uint8Array(content.length)
    const range = { offset: 0, length: content.length }
    const ways = [
      () => destination.readInto(name, 0, out, signal),
      () => collectBytes(destination.get(name, range, signal), out.length),
      () => collectBytes(destination.get(name, undefined, signal), out.length),
    ]

    for (const read of ways) {
      const begun = clock.now().getTime()
      const reading = { isDone: false }
      const done = read().finally(() => {
        reading.isDone = true
      })
      while (!reading.isDone) await clock.run(1000, () => reading.isDone)
      await done
      expect(clock.now().getTime() - begun).toBeGreaterThanOrEqual(7000)
    }
    expect(Buffer.compare(out, content)).toBe(0)
  })

  test('waits no longer when it is told to stop', async () => {
    const { clock, ...time } = handTurned()
    const destination = withBandwidth(memoryDestination(), { uploadLimit: 1 }, time)
    const stop = new AbortController()
    const put = destination.put(parseObjectName('slow'), bodyOf(new Uint8Array(1000)), stop.signal)

    stop.abort(new Error('enough'))
    await expect(put).rejects.toThrow('enough')
    expect(clock.now().getTime()).toBe(handTurnedClock().now().getTime())
  })
})
