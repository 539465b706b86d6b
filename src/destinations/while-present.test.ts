import { describe, expect, test } from 'vitest'
import { RedomaError } from '../core/errors.ts'
import { bodyOf, type Destination, parseObjectName } from '../ports/destination.ts'
import type { Presence } from '../ports/presence.ts'
import { memoryDestination } from './memory.ts'
import { whilePresent } from './while-present.ts'

const { signal } = new AbortController()
const body = bodyOf(new Uint8Array(5))
const hex = 'a'.repeat(64)
const pack = parseObjectName(`system/data/aa/${hex}`)
const index = parseObjectName(`system/index/${hex}`)
const snapshot = parseObjectName(`system/snapshots/${hex}`)
const lock = parseObjectName(`system/locks/${hex}`)

describe('a process that others may take for dead', () => {
  test('puts and removes nothing until it is known that they do not', async () => {
    const inner = memoryDestination()
    const presence = aPresence()
    const destination = whilePresent(inner, presence)
    await destination.put(pack, body, signal)
    presence.turn('in doubt')

    const writing = Promise.all([destination.put(index, body, signal), destination.remove(pack, signal)])
    await new Promise(setImmediate)
    expect(await namesIn(inner)).toEqual([pack])
    presence.turn('good')
    await writing

    expect(await namesIn(inner)).toEqual([index])
  })

  test('writes nothing more once they do, but removes its lock', async () => {
    const inner = memoryDestination()
    const presence = aPresence()
    const destination = whilePresent(inner, presence)
    for (const name of [lock, pack]) await destination.put(name, body, signal)
    presence.turn('lost')

    await expect(destination.put(index, body, signal)).rejects.toMatchObject(lost)
    await expect(destination.remove(pack, signal)).rejects.toMatchObject(lost)
    await destination.remove(lock, signal)

    expect(await namesIn(inner)).toEqual([pack])
  })

  test.each([index, snapshot])('takes back what was published while it was stopped: %s', async (name) => {
    const inner = memoryDestination()
    const presence = aPresence()
    const destination = whilePresent(stoppedWithin(inner, presence, 'lost'), presence)

    await expect(destination.put(name, body, signal)).rejects.toMatchObject(lost)

    expect(await namesIn(inner)).toEqual([])
  })

  test('takes back what a destination published that sends nothing before it is flushed', async () => {
    const inner = memoryDestination()
    const presence = aPresence()
    const flush = () => {
      presence.turn('lost')
      return Promise.resolve()
    }
    const stopped = { ...inner, flush }
    const destination = whilePresent(stopped, presence)
    for (const name of [pack, index]) await destination.put(name, body, signal)

    await expect(destination.flush(signal)).rejects.toMatchObject(lost)
    await expect(destination.flush(signal)).rejects.toMatchObject(lost)

    expect(await namesIn(inner)).toEqual([pack])
  })

  test.each([index, pack])('keeps what it published when nobody had its work: %s', async (name) => {
    const inner = memoryDestination()
    const presence = aPresence()
    const destination = whilePresent(stoppedWithin(inner, presence, 'in doubt'), presence)

    const put = destination.put(name, body, signal)
    await new Promise(setImmediate)
    presence.turn('good')
    await put

    expect(await namesIn(inner)).toEqual([name])
  })
})

const lost = { code: 'LEASE_LOST' }

type State = 'good' | 'in doubt' | 'lost'

function aPresence(): Presence & { turn(state: State): void } {
  const controller = new AbortController()
  let state: State = 'good'
  let turned = Promise.withResolvers<undefined>()
  return {
    id: 1,
    isThere: () => Promise.resolve(true),
    lost: controller.signal,
    isGood: () => state === 'good',
    async whenGood() {
      while (state !== 'good') {
        controller.signal.throwIfAborted()
        await turned.promise
      }
    },
    turn(to) {
      state = to
      if (to === 'lost') controller.abort(new RedomaError('LEASE_LOST', 'others do its work'))
      turned.resolve(undefined)
      turned = Promise.withResolvers()
    },
  }
}

/** The process stands still while it writes. */
function stoppedWithin(
  inner: Destination,
  presence: ReturnType<typeof aPresence>,
  found: State,
): Destination {
  return {
    ...inner,
    async put(...words) {
      presence.turn(found)
      await inner.put(...words)
    },
  }
}

async function namesIn(destination: Destination): Promise<string[]> {
  return (await Array.fromAsync(destination.list('', signal))).map(({ name }) => name).toSorted()
}
