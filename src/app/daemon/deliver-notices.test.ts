import { spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { describe, expect, test } from 'vitest'
import { anInstance, type TestInstance } from '../../../test/support/instance.ts'
import { RedomaError } from '../../core/errors.ts'
import type { ChannelRecord } from '../../ports/channel.ts'
import type { Severity } from '../../ports/events.ts'
import type { Log } from '../../ports/log.ts'
import type { Notice } from '../../ports/notice.ts'
import { troublesOfChannels } from '../incidents/troubles-of-channels.ts'
import { makeWhileLeased } from '../while-leased.ts'
import { makeDeliverNotices } from './deliver-notices.ts'

const { signal } = new AbortController()

/** An instance with channels, each of which takes what `takes` lets it. */
async function aWorld(...names: string[]) {
  const instance = await anInstance()
  const { catalogue, clock } = instance
  for (const name of names) await addChannel(instance, name)
  const heard = new Map<string, string[]>(names.map((name) => [name, []]))
  const logged: string[] = []
  const say = (event: string): void => void logged.push(event)
  const log: Log = { info: say, warn: say, error: say }
  let takes: (channel: string, notice: Notice) => Error | undefined = () => undefined
  const make = () =>
    makeDeliverNotices({
      catalogue,
      clock,
      log,
      instance: { id: 'i', name: 'vault', host: 'bastion' },
      random: () => 1,
      whileLeased: makeWhileLeased({
        ...{ catalogue, clock, log, processId: process.pid, patienceMs: 0 },
        wait: () => Promise.reject(new Error('nobody is waited for')),
      }),
      makeChannel: async ({ name }) => ({
        async deliver(notice) {
          const refusal = takes(name, notice)
          if (refusal !== undefined) throw refusal
          heard.get(name)?.push(notice.title)
          return 'taken'
        },
      }),
    })
  return {
    ...instance,
    logged,
    make,
    deliver: make(),
    heard: (channel: string) => heard.get(channel) ?? [],
    takes: (rule: typeof takes) => {
      takes = rule
    },
    say: (title: string, severity: Severity = 'error') =>
      catalogue.notices.add('glass-opened', {
        ...{ title, severity, subject: 'x', text: 'x', fields: {}, at: clock.now() },
      }),
  }
}

async function addChannel({ catalogue, clock }: TestInstance, name: string): Promise<void> {
  const record: ChannelRecord = {
    id: randomUUID(),
    name,
    spec: { kind: 'webhook', url: 'https://chat.example/x', preset: 'json' },
    leastSeverity: 'warning',
    digestMinutes: 0,
    createdAt: clock.now(),
  }
  await catalogue.channels.add(record)
  await catalogue.notices.begin(record.id)
}

const down = new RedomaError('NOTICE_FAILED', 'nothing listens there')
const minute = 60_000

describe('what people are to be told', () => {
  test('is told once, in order, to each channel, and what is too mild to none', async () => {
    await using world = await aWorld('mail', 'siem')
    for (const title of ['one', 'two']) await world.say(title)
    await world.say('mild', 'info')
    await world.say('three')

    await world.deliver(signal)
    await world.deliver(signal)

    expect([world.heard('mail'), world.heard('siem')]).toEqual([
      ['one', 'two', 'three'],
      ['one', 'two', 'three'],
    ])
  })

  test('waits for a server that is down for a day, ever more seldom asked, and holds up no other channel', async () => {
    await using world = await aWorld('mail', 'siem')
    let asked = 0
    let isDown = true
    world.takes((channel) => {
      if (channel === 'siem') asked += 1
      return channel === 'siem' && isDown ? down : undefined
    })
    let askedAtFirst = 0
    for (let at = 0; at < 24 * 60; ) {
      if (at % 240 === 0) await world.say(`hour ${at / 60}`)
      await world.deliver(signal)
      // Each minute of the first twenty, then every twenty.
      const minutes = at < 20 ? 1 : 20
      if (at < 20) askedAtFirst = asked
      world.clock.advance(minutes * minute)
      at += minutes
    }
    const all = ['hour 0', 'hour 4', 'hour 8', 'hour 12', 'hour 16', 'hour 20']
    expect([world.heard('mail'), world.heard('siem')]).toEqual([all, []])
    expect(askedAtFirst).toBeLessThan(10)
    expect(asked).toBeGreaterThan(70)

    isDown = false
    world.clock.advance(10 * minute)
    await world.deliver(signal)

    expect(world.heard('siem')).toEqual(all)
    expect(world.logged).toEqual(['channel does not take notices', 'channel is back'])
  })

  test('over a channel that takes nothing for over an hour is told over the others, and that it is over', async () => {
    await using world = await aWorld('mail', 'siem')
    const troubles = async (): Promise<readonly string[]> => {
      const { channels, notices } = world.catalogue
      const found = troublesOfChannels(await channels.list(), await notices.failing())
      return found.map(({ kind, subject, text }) => `${kind} ${subject} ${text.split(': ').at(-1) ?? ''}`)
    }
    world.takes((channel) => (channel === 'siem' ? down : undefined))
    await world.say('one')
    const found: (readonly string[])[] = []
    for (let at = 0; at <= 80; at += 20) {
      // By another process each time: none of them knows how long it has been so.
      await world.make()(signal)
      if (at % 40 === 0) found.push(await troubles())
      world.clock.advance(20 * minute)
    }
    world.takes(() => undefined)
    await world.make()(signal)

    expect(found).toEqual([[], [], ['channel-failing siem nothing listens there.']])
    expect(await troubles()).toEqual([])
    expect(world.heard('siem')).toEqual(['one'])
  })

  test('is not missed where the daemon was down, and the channel is not blamed for it', async () => {
    await using world = await aWorld('siem')
    world.takes(() => down)
    await world.say('one')
    await world.deliver(signal)
    world.clock.advance(600 * minute)
    const { channels, notices } = world.catalogue

    expect(await notices.failing()).toHaveLength(1)
    expect(troublesOfChannels(await channels.list(), await notices.failing())).toEqual([])
    const [record] = await channels.list()
    await notices.end(record?.id ?? '')
    expect(await notices.failing()).toEqual([])
  })

  test('goes on behind one that a channel will never take', async () => {
    await using world = await aWorld('mail')
    for (const title of ['one', 'bad', 'three']) await world.say(title)
    world.takes((_, { title }) =>
      title === 'bad' ? new RedomaError('NOTICE_REFUSED', 'no such address') : undefined,
    )

    await world.deliver(signal)
    await world.deliver(signal)

    expect(world.heard('mail')).toEqual(['one', 'three'])
    expect(world.logged).toEqual(['notice refused'])
  })

  test('is told by the next process when one died before it was', async () => {
    await using world = await aWorld('mail')
    await world.say('one')
    world.takes(() => down)
    await world.deliver(signal)
    world.takes(() => undefined)

    await world.make()(signal)

    expect(world.heard('mail')).toEqual(['one'])
  })

  test('is told by one of several nodes', async () => {
    await using world = await aWorld('mail')
    const { catalogue, clock } = world
    await world.say('one')
    const [record] = await catalogue.channels.list()
    const other = spawn('sleep', ['60'])
    const lease = { destinationId: `channel ${record?.id}`, purpose: 'notices', processId: other.pid ?? 0 }
    await catalogue.leases.take({ ...lease, takenAt: clock.now() })

    await world.deliver(signal)
    expect(world.heard('mail')).toEqual([])
    other.kill('SIGKILL')
    await once(other, 'exit')
    await world.deliver(signal)

    expect(world.heard('mail')).toEqual(['one'])
  })

  test('of a server that takes its time for each is told in turns, so that others are not kept waiting', async () => {
    await using world = await aWorld('mail', 'siem')
    for (const title of ['one', 'two', 'three']) await world.say(title)
    world.takes((channel) => {
      if (channel === 'mail') world.clock.advance(20_000)
      return undefined
    })

    await world.deliver(signal)
    expect(world.heard('mail')).toEqual(['one', 'two'])
    await world.deliver(signal)

    expect([world.heard('mail'), world.heard('siem')]).toEqual([
      ['one', 'two', 'three'],
      ['one', 'two', 'three'],
    ])
  })

  test('is left where it is when the daemon is stopped', async () => {
    await using world = await aWorld('mail')
    await world.say('one')
    const stop = new AbortController()
    world.takes(() => {
      stop.abort(new RedomaError('CANCELLED', 'stopped'))
      return new Error('cut off')
    })

    await expect(world.deliver(stop.signal)).rejects.toMatchObject({ code: 'CANCELLED' })

    world.takes(() => undefined)
    await world.deliver(signal)
    expect(world.heard('mail')).toEqual(['one'])
  })
})
