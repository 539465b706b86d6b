import { describe, expect, test } from 'vitest'
import { RedomaError } from '../core/errors.ts'
import { bodyOf, type Destination, measuresSpace, parseObjectName, readsInto } from '../ports/destination.ts'
import { memoryDestination } from './memory.ts'
import { onDemand } from './on-demand.ts'

const { signal } = new AbortController()
const name = parseObjectName('a')

function connections(idleMs = 60_000, fails = 0) {
  const told: string[] = []
  const memory = memoryDestination()
  const connect = async (): Promise<Destination & AsyncDisposable> => {
    told.push('open')
    if (told.length <= fails) throw new Error('nobody is there')
    return {
      ...memory,
      async [Symbol.asyncDispose]() {
        told.push('closed')
      },
    }
  }
  return { told, destination: onDemand({ connect, idleMs }, []) }
}

describe('a destination on demand', () => {
  test('is connected to once, by who uses it first, however many begin at once', async () => {
    const { told, destination } = connections()
    expect(told).toEqual([])

    await Promise.all([1, 2, 3].map(() => Array.fromAsync(destination.list('', signal))))
    await destination[Symbol.asyncDispose]()

    expect(told).toEqual(['open', 'closed'])
  })

  test('is tried again by the next, where connecting failed', async () => {
    const { told, destination } = connections(60_000, 1)

    await expect(destination.flush(signal)).rejects.toThrow('nobody is there')
    await destination.flush(signal)

    expect(told).toEqual(['open', 'open'])
  })

  test('is let go when it is idle, and connected to again', async () => {
    const { told, destination } = connections(1)

    await destination.flush(signal)
    await expect.poll(() => told).toEqual(['open', 'closed'])
    await destination.flush(signal)

    expect(told.slice(0, 3)).toEqual(['open', 'closed', 'open'])
  })

  test('is kept while somebody reads, and flushed before it is let go', async () => {
    const told: string[] = []
    const memory = memoryDestination()
    const connect = async (): Promise<Destination & AsyncDisposable> => ({
      ...memory,
      async flush() {
        told.push('flushed')
      },
      async [Symbol.asyncDispose]() {
        told.push('closed')
      },
    })
    const destination = onDemand({ connect, idleMs: 1 }, [])
    await destination.put(name, bodyOf(Buffer.from('x')), signal)
    const reader = destination.get(name, undefined, signal)[Symbol.asyncIterator]()
    await reader.next()
    await new Promise((resolve) => setTimeout(resolve, 30))
    expect(told).toEqual([])

    await reader.next()

    await expect.poll(() => told).toEqual(['flushed', 'closed'])
  })

  test('is kept while what was put cannot be flushed', async () => {
    let [flushes, closed] = [0, false]
    const connect = async (): Promise<Destination & AsyncDisposable> => ({
      ...memoryDestination(),
      async flush() {
        flushes++
        throw new Error('not now')
      },
      async [Symbol.asyncDispose]() {
        closed = true
      },
    })
    const destination = onDemand({ connect, idleMs: 1 }, [])
    await destination.put(name, bodyOf(Buffer.from('x')), signal)

    await expect.poll(() => flushes).toBeGreaterThan(2)

    expect(closed).toBe(false)
    await destination[Symbol.asyncDispose]()
  })

  test('is connected to anew after it could not be reached, and what was put before is not called durable', async () => {
    const told: string[] = []
    const memory = memoryDestination()
    let isGone = false
    const connect = async (): Promise<Destination & AsyncDisposable> => {
      told.push('open')
      isGone = false
      return {
        ...memory,
        async put(...words) {
          if (isGone) throw new RedomaError('DESTINATION_UNREACHABLE', 'the mount is gone')
          await memory.put(...words)
        },
        async [Symbol.asyncDispose]() {
          told.push('closed')
        },
      }
    }
    const destination = onDemand({ connect, idleMs: 60_000, reconnects: true }, [])
    const body = bodyOf(Buffer.from('x'))
    await destination.put(name, body, signal)
    await destination.flush(signal)
    isGone = true
    await expect(destination.put(name, body, signal)).rejects.toThrow('the mount is gone')
    await destination.put(name, body, signal)
    await destination.flush(signal)
    expect(told).toEqual(['open', 'closed', 'open'])

    await destination.put(name, body, signal)
    isGone = true
    await expect(destination.put(name, body, signal)).rejects.toThrow('the mount is gone')

    await expect(destination.flush(signal)).rejects.toMatchObject({ code: 'DESTINATION_FAILED' })
    await destination.put(name, body, signal)
    await destination.flush(signal)
  })

  test('tells who flushes why it could not be connected to anew, and then what that cost', async () => {
    const memory = memoryDestination()
    let isBarred = false
    const connect = async (): Promise<Destination> => {
      if (isBarred) throw new RedomaError('DESTINATION_FORBIDDEN', 'it refuses this user')
      return {
        ...memory,
        async flush() {
          throw new RedomaError('DESTINATION_UNREACHABLE', 'the host is down')
        },
      }
    }
    const destination = onDemand({ connect, idleMs: 60_000, reconnects: true }, [])
    await destination.put(name, bodyOf(Buffer.from('x')), signal)
    isBarred = true

    await expect(destination.flush(signal)).rejects.toThrow('the host is down')
    await expect(destination.flush(signal)).rejects.toThrow('it refuses this user')
    isBarred = false
    await expect(destination.flush(signal)).rejects.toThrow('before all that was put was durable')
  })

  test('breaks off a connecting when nobody will use it, and makes none afterwards', async () => {
    const reasons: unknown[] = []
    const begun = Promise.withResolvers<undefined>()
    const connect = (ending: AbortSignal) =>
      new Promise<Destination>((_, reject) => {
        begun.resolve(undefined)
        ending.addEventListener('abort', () => {
          reasons.push(ending.reason)
          reject(ending.reason as Error)
        })
      })
    const destination = onDemand({ connect, idleMs: 1 }, [])
    const flushing = destination.flush(signal)
    flushing.catch(() => undefined)
    await begun.promise

    await destination[Symbol.asyncDispose]()

    await expect(flushing).rejects.toThrow('after it was let go')
    await expect(destination.flush(signal)).rejects.toThrow('after it was let go')
    expect(reasons).toHaveLength(1)
  })

  test('that is being let go as idle is waited for by who disposes of it', async () => {
    const told: string[] = []
    const connect = async (): Promise<Destination & AsyncDisposable> => ({
      ...memoryDestination(),
      async [Symbol.asyncDispose]() {
        told.push('closing')
        await new Promise((done) => setTimeout(done, 50))
        told.push('closed')
      },
    })
    const destination = onDemand({ connect, idleMs: 1 }, [])
    await destination.flush(signal)
    await expect.poll(() => told, { interval: 5 }).toContain('closing')

    await destination[Symbol.asyncDispose]()

    expect(told).toEqual(['closing', 'closed'])
  })

  test('lets go who stops waiting for a connection that does not come', async () => {
    const stop = new AbortController()
    const destination = onDemand({ connect: () => new Promise<Destination>(() => undefined), idleMs: 1 }, [])
    const flushing = destination.flush(stop.signal)

    stop.abort(new Error('enough'))

    await expect(flushing).rejects.toThrow('enough')
  })

  test('has the powers that are named, and no others', () => {
    const connect = () => Promise.reject(new Error('not asked for'))

    const plain: Destination = onDemand({ connect, idleMs: 1 }, [])
    const able: Destination = onDemand({ connect, idleMs: 1 }, ['readInto', 'space'])

    expect([readsInto(plain), measuresSpace(plain), readsInto(able), measuresSpace(able)]).toEqual([
      false,
      false,
      true,
      true,
    ])
  })
})
