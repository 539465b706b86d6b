import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { isRedomaError } from '../../src/core/errors.ts'
import type { Channel } from '../../src/ports/notice.ts'
import { found, hostile, lost, noticeOf } from '../support/notices.ts'
import { rogueServer, sayWithoutEnd } from '../support/rogue-server.ts'
import { freePort } from '../support/ssh-server.ts'

/** A channel, and the real server that it leads to. */
export interface ChannelWorld extends AsyncDisposable {
  readonly channel: Channel
  /** All that has arrived so far, once there are so many, each as the text that people or machines make of it. */
  arrived(count: number): Promise<readonly string[]>
  /** A channel of this kind to another server on the loopback, which may be none of its kind. */
  to(port: number, patienceMs: number): Channel
}

const { signal } = new AbortController()

/**
 * Holds a channel to the promises of the port.
 *
 * @param answers whether servers of this kind say anything: by UDP they do not
 */
export function testChannel(
  kind: string,
  start: () => Promise<ChannelWorld>,
  { answers } = { answers: true },
): void {
  describe(kind, () => {
    let world: ChannelWorld
    let stop: (() => PromiseLike<void>) | undefined
    let before = 0
    beforeAll(async () => {
      world = await start()
      stop = () => world[Symbol.asyncDispose]()
    }, 60_000)
    afterAll(() => stop?.())

    async function next(count: number): Promise<readonly string[]> {
      const all = await world.arrived(before + count)
      const fresh = all.slice(before)
      before = all.length
      return fresh
    }

    test('tells what happened: what, where, how bad, and what to do', async () => {
      const answer = await world.channel.deliver(lost, signal)

      const [text = ''] = await next(1)
      expect(answer).toMatch(/^[^\n]+$/)
      for (const word of [lost.title, 'no route to host', 'bastion', lost.hint]) expect(text).toContain(word)
    })

    test('tells hostile words in one message, and nothing beside it', async () => {
      await world.channel.deliver(noticeOf(hostile), signal)
      const told = await next(1)
      await world.channel.deliver(found, signal)
      const after = await next(1)

      expect(told).toEqual([expect.stringContaining('forged')])
      expect(after).toEqual([expect.stringContaining(found.title)])
    })

    test('tells a notice of a megabyte, cut to what fits', async () => {
      await world.channel.deliver(noticeOf('word '.repeat(200_000)), signal)

      const [text = ''] = await next(1)
      expect(text).toContain('word word')
      expect(text.length).toBeLessThan(100_000)
    })

    test('tells several at once, where it tells them together', async () => {
      if (world.channel.deliverDigest === undefined) return
      await world.channel.deliverDigest([lost, { ...lost, id: 42, title: 'Another thing' }, found], signal)

      const [text = '', ...others] = await next(1)
      for (const word of [lost.title, 'Another thing', found.title]) expect(text).toContain(word)
      expect(others).toEqual([])
    })

    test('tells nothing when it was stopped before it began, and breaks with the reason', async () => {
      const reason = new Error('stopped')

      await expect(world.channel.deliver(lost, AbortSignal.abort(reason))).rejects.toBe(reason)
      await world.channel.deliver(found, signal)
      expect(await next(1)).toHaveLength(1)
    })

    test.runIf(answers)('says of a server that is down that it may be told later', async () => {
      const port = await freePort('127.0.0.1')

      await expect(world.to(port, 5000).deliver(lost, signal)).rejects.toSatisfy(mayPass)
    })

    test.runIf(answers)('gives a server up that takes connections and says nothing', async () => {
      await using server = await rogueServer(() => undefined)

      await expect(world.to(server.port, 300).deliver(lost, signal)).rejects.toSatisfy(mayPass)
    })

    test.runIf(answers)('gives a server up that ends each connection at once', async () => {
      await using server = await rogueServer((socket) => {
        socket.resetAndDestroy()
      })

      await expect(world.to(server.port, 5000).deliver(lost, signal)).rejects.toSatisfy(mayPass)
    })

    test.runIf(answers).each(['220-no end\r\n', 'HTTP/1.1 200 OK\r\nX: y\r\n\r\n', 'x'])(
      'keeps nothing of an answer without an end: %j',
      async (words) => {
        await using server = await rogueServer(sayWithoutEnd(words))
        const atFirst = process.memoryUsage().rss

        await world.to(server.port, 1000).deliver(lost, signal).catch(mustBeOurs)
        expect(process.memoryUsage().rss - atFirst).toBeLessThan(200 * 1024 * 1024)
      },
    )

    test.runIf(answers)('gives a server up that says a byte now and then, and never all of it', async () => {
      await using server = await rogueServer((socket) => {
        const dripping = setInterval(() => socket.write('2'), 20)
        socket.on('close', () => {
          clearInterval(dripping)
        })
      })

      await expect(world.to(server.port, 500).deliver(lost, signal)).rejects.toSatisfy(mayPass)
    })

    test.runIf(answers)('stops when it is told to, with that reason, in the middle of it', async () => {
      const reason = new Error('stopped')
      const stopping = new AbortController()
      await using server = await rogueServer(() => {
        stopping.abort(reason)
      })

      await expect(world.to(server.port, 60_000).deliver(lost, stopping.signal)).rejects.toBe(reason)
    })
  })
}

function mayPass(error: unknown): boolean {
  return isRedomaError(error, 'NOTICE_FAILED')
}

function mustBeOurs(error: unknown): void {
  if (!isRedomaError(error, 'NOTICE_FAILED') && !isRedomaError(error, 'NOTICE_REFUSED')) throw error
}
