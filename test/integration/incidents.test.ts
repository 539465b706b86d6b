import { describe, expect, test } from 'vitest'
import { judgeIncidents } from '../../src/app/incidents/judge-incidents.ts'
import { makeKeepIncidents } from '../../src/app/incidents/keep-incidents.ts'
import type { Trouble } from '../../src/ports/incident.ts'
import { alterCatalogue, anInstance } from '../support/instance.ts'

const lost: Trouble = {
  kind: 'destination-lost',
  key: 'id-of-nas',
  subject: 'nas',
  severity: 'critical',
  title: 'nas is lost',
  text: 'No way.',
  hint: 'Go there.',
  fields: { code: 'DESTINATION_UNREACHABLE', tookMs: 12 },
}
const slow: Trouble = { ...lost, kind: 'destination-slow', severity: 'warning', hint: undefined, fields: {} }

describe('incidents', () => {
  test('are opened, brought up to date and closed, each with what people are to be told of it', async () => {
    await using instance = await anInstance()
    const { catalogue, clock } = instance
    const { incidents, notices } = catalogue
    await notices.begin('mail')
    const keep = async (...troubles: Trouble[]) => {
      clock.advance(60_000)
      await incidents.record((open) => judgeIncidents(open, troubles, clock.now()), clock.now())
    }

    await keep(slow, { ...lost, severity: 'error' })
    const openedAt = clock.now()
    await keep(slow, lost)
    await keep(slow)

    expect(await incidents.open()).toMatchObject([{ id: 1, ...slow, openedAt, closedAt: undefined }])
    expect(await incidents.list(10)).toMatchObject([
      { id: 2, ...lost, closedAt: clock.now() },
      { id: 1, kind: 'destination-slow' },
    ])
    expect(await incidents.list(10, 2)).toMatchObject([{ id: 1 }])
    expect(await notices.pending('mail', 10)).toMatchObject([
      { id: 1, event: 'destination-slow', incident: { id: 1, phase: 'opened', openedAt } },
      { id: 2, event: 'destination-lost', severity: 'error', incident: { id: 2, phase: 'opened' } },
      { id: 3, severity: 'critical', hint: 'Go there.', incident: { id: 2, phase: 'worsened', openedAt } },
      {
        id: 4,
        severity: 'critical',
        title: 'Over: nas is lost',
        incident: { id: 2, phase: 'closed', openedAt },
      },
    ])
  })

  test('are told once, whichever process looked before another opened or closed them', async () => {
    await using instance = await anInstance()
    const { catalogue, clock } = instance
    await catalogue.notices.begin('mail')
    let troubles: readonly Trouble[] = []
    const say = (): void => undefined
    const keepAs = (findTroubles: () => Promise<readonly Trouble[]>) =>
      makeKeepIncidents({ catalogue, clock, log: { info: say, warn: say, error: say }, findTroubles })
    const other = keepAs(() => Promise.resolve(troubles))
    /** It has looked when the world changes, and another process sees that first. */
    const overtakenWhen = (changed: readonly Trouble[]) =>
      keepAs(async () => {
        const found = troubles
        if (troubles === changed) return found
        troubles = changed
        await other()
        return found
      })

    await overtakenWhen([lost])()
    await overtakenWhen([])()

    expect(await catalogue.incidents.open()).toEqual([])
    const told = await catalogue.notices.pending('mail', 10)
    expect(told.map(({ incident }) => incident?.phase)).toEqual(['opened', 'closed'])
  })

  test('are opened once, though two processes find the same at once', async () => {
    await using instance = await anInstance()
    const { catalogue, clock } = instance
    const at = clock.now()
    const keep = () => catalogue.incidents.record((open) => judgeIncidents(open, [lost], at), at)

    await Promise.all([keep(), keep(), keep()])

    expect(await catalogue.incidents.list(10)).toHaveLength(1)
  })

  test('that nobody can decide on leave all as it was', async () => {
    await using instance = await anInstance()
    const { catalogue, clock } = instance
    const steps = [
      { kind: 'open', trouble: lost },
      { kind: 'close', id: 7 },
    ] as const

    await expect(catalogue.incidents.record(() => steps, clock.now())).rejects.toMatchObject({
      code: 'NOT_FOUND',
    })

    expect(await catalogue.incidents.list(10)).toEqual([])
  })

  test('of a kind that nobody knows are damage', async () => {
    await using instance = await anInstance()
    const { catalogue, clock, home } = instance
    await catalogue.incidents.record(() => [{ kind: 'open', trouble: lost }], clock.now())
    alterCatalogue(home, `update incident set kind = 'toString'`)

    await expect(catalogue.incidents.open()).rejects.toMatchObject({ code: 'CATALOGUE_DAMAGED' })
  })
})

describe('what people are to be told', () => {
  const words = { severity: 'info', subject: 'x', title: 'x', text: 'x', fields: {} } as const

  test('waits for each channel by itself, in order, from when it was added on', async () => {
    await using instance = await anInstance()
    const { catalogue, clock } = instance
    const { notices } = catalogue
    const say = (title: string) => notices.add('test', { ...words, title, at: clock.now() })
    const titles = async (channel: string) => (await notices.pending(channel, 2)).map(({ title }) => title)
    await say('before')
    await notices.begin('mail')
    await say('one')
    await notices.begin('siem')
    await notices.begin('mail')
    for (const title of ['two', 'three']) await say(title)

    expect([await titles('mail'), await titles('siem'), await titles('nobody')]).toEqual([
      ['one', 'two'],
      ['two', 'three'],
      [],
    ])
    await notices.settle('mail', [2], { kind: 'told' }, clock.now())
    await notices.settle('mail', [2, 3], { kind: 'refused', why: 'no such address' }, clock.now())
    expect(await titles('mail')).toEqual(['three'])
    expect(await notices.waiting('siem')).toEqual({ count: 2, since: clock.now() })
    expect(await notices.waiting('nobody')).toEqual({ count: 0, since: undefined })
    // One that was told before stays told.
    expect(await notices.refused('mail', 9)).toMatchObject([{ id: 3, title: 'two' }])
    await notices.settle('siem', [3, 4], { kind: 'refused', why: 'no such address' }, clock.now())
    expect(await notices.refused('siem', 1)).toEqual([
      { id: 4, event: 'test', severity: 'info', title: 'three', at: clock.now(), why: 'no such address' },
    ])
    await notices.end('siem')
    expect(await notices.refused('siem', 9)).toEqual([])
  })

  test('is forgotten when it is old and every channel has it, and never before', async () => {
    await using instance = await anInstance()
    const { catalogue, clock } = instance
    const { notices } = catalogue
    for (const channel of ['mail', 'siem']) await notices.begin(channel)
    for (const title of ['one', 'two', 'three']) {
      clock.advance(1000)
      await notices.add('test', { ...words, title, at: clock.now() })
    }
    const settle = (channel: string, ...ids: number[]) =>
      notices.settle(channel, ids, { kind: 'told' }, clock.now())
    await settle('mail', 1, 2, 3)
    await settle('siem', 1, 3)

    await notices.forget(clock.now())

    const left = async () => {
      await notices.end('late')
      return (await notices.pending('siem', 10)).map(({ id }) => id)
    }
    expect(await left()).toEqual([2])
    await settle('siem', 2)
    expect(await notices.add('test', { ...words, at: clock.now() })).toBe(4)
    await notices.end('mail')
    await notices.forget(new Date(clock.now().getTime() + 1))
    expect(await left()).toEqual([4])
  })
})
