import { fc, test as property } from '@fast-check/vitest'
import { describe, expect, test } from 'vitest'
import { found, lost } from '../../../test/support/notices.ts'
import type { ChannelRecord } from '../../ports/channel.ts'
import { type Severity, severities } from '../../ports/events.ts'
import type { QueuedNotice } from '../../ports/incident.ts'
import type { Channel } from '../../ports/notice.ts'
import { planTelling } from './plan-telling.ts'
import { endOfQuiet, isQuiet } from './quiet-hours.ts'
import { tell } from './tell.ts'

const mail = {
  spec: {
    kind: 'smtp',
    host: 'mail',
    port: 465,
    security: 'tls',
    from: 'a@b.example',
    to: ['c@d.example'],
  },
  leastSeverity: 'warning',
  digestMinutes: 0,
} as const
const siem = {
  ...mail,
  spec: { kind: 'syslog', transport: 'tls', host: 'siem', port: 6514, format: 'cef', facility: 'daemon' },
} as const
const nights = { from: '22:00', to: '07:00', zone: 'Europe/Lisbon' }
const noon = new Date('2026-11-28T12:00:00Z')
const midnight = new Date('2026-11-28T00:00:00Z')

/** Of an incident of its own, if nothing else is said. */
function notice(id: number, severity: Severity, at = noon, incident = id): QueuedNotice {
  return { ...lost, id, severity, at, incident: { id: incident, phase: 'opened', openedAt: at } }
}

function idsOf(messages: ReturnType<typeof planTelling>['messages']): number[][] {
  return messages.map((message) => message.map(({ id }) => id))
}

function after(at: Date, minutes: number): Date {
  return new Date(at.getTime() + minutes * 60_000)
}

describe('what waits for a channel', () => {
  test('is told at once, each by itself, but for what is too mild', () => {
    const waiting = [notice(1, 'warning'), notice(2, 'info'), notice(3, 'critical')]

    const { messages, passedOver, nextAt } = planTelling(mail, waiting, noon)

    expect(idsOf(messages).toSorted()).toEqual([[1], [3]])
    expect(passedOver.map(({ id }) => id)).toEqual([2])
    expect(nextAt).toBeUndefined()
  })

  test('is held in quiet hours, but for what is critical, and told together when they are over', () => {
    const rules = { ...mail, quietHours: nights }
    const waiting = [
      notice(1, 'error', midnight),
      notice(2, 'critical', midnight),
      notice(3, 'warning', midnight),
    ]

    const atNight = planTelling(rules, waiting, midnight)
    const inTheMorning = planTelling(
      rules,
      [waiting[0], waiting[2]].filter((one) => one !== undefined),
      after(midnight, 420),
    )

    expect(idsOf(atNight.messages)).toEqual([[2]])
    expect(atNight.nextAt).toEqual(new Date('2026-11-28T07:00:00Z'))
    expect(idsOf(inTheMorning.messages)).toEqual([[1, 3]])
  })

  test('goes with what is critical where it came before it of the same incident, so that people hear of one in its order', () => {
    const rules = { ...mail, quietHours: nights }
    const waiting = [
      notice(1, 'error', midnight, 7),
      notice(2, 'error', midnight),
      notice(3, 'critical', midnight, 7),
      notice(4, 'error', midnight, 7),
    ]

    expect(idsOf(planTelling(rules, waiting, midnight).messages)).toEqual([[1], [3]])
  })

  test('waits until its oldest has waited so many minutes, and goes together', () => {
    const rules = { ...mail, digestMinutes: 30 }
    const waiting = [
      notice(1, 'error'),
      notice(2, 'error', after(noon, 20)),
      notice(3, 'critical', after(noon, 20)),
    ]

    const early = planTelling(rules, waiting, after(noon, 20))
    const due = planTelling(rules, waiting.slice(0, 2), after(noon, 30))

    expect(idsOf(early.messages)).toEqual([[3]])
    expect(early.nextAt).toEqual(after(noon, 30))
    expect(idsOf(due.messages)).toEqual([[1, 2]])
  })

  test('goes together when very much comes at once, also without a digest, and to a machine each by itself', () => {
    const flood = Array.from({ length: 1000 }, (_, n) => notice(n + 1, n % 2 === 0 ? 'error' : 'critical'))
    const some = flood.slice(0, 10)

    const { messages } = planTelling(mail, flood, noon)

    expect(messages).toHaveLength(20)
    expect(
      idsOf(messages)
        .flat()
        .toSorted((a, b) => a - b),
    ).toEqual(flood.map(({ id }) => id))
    expect(planTelling(mail, some, noon).messages).toHaveLength(10)
    expect(planTelling(siem, flood, noon).messages).toHaveLength(1000)
  })

  test('is told to a machine each by itself, whatever was held', () => {
    const waiting = [notice(1, 'error', midnight), notice(2, 'warning', midnight)]

    const { messages } = planTelling({ ...siem, quietHours: nights }, waiting, after(midnight, 420))

    expect(idsOf(messages)).toEqual([[1], [2]])
  })

  test('is a test, and goes at once, at night and however mild', () => {
    const asked: QueuedNotice = { ...notice(1, 'info', midnight), event: 'test' }

    expect(
      idsOf(planTelling({ ...mail, quietHours: nights, digestMinutes: 60 }, [asked], midnight).messages),
    ).toEqual([[1]])
  })

  test('is not held by a clock that was set back', () => {
    const waiting = [notice(1, 'error', after(noon, 10_000))]

    expect(idsOf(planTelling({ ...mail, digestMinutes: 30 }, waiting, noon).messages)).toEqual([[1]])
  })

  test('goes together where the channel can, and else one after the other', async () => {
    const told: string[] = []
    const deliver: Channel['deliver'] = async ({ id }) => {
      told.push(String(id))
      return `took ${id}`
    }
    const deliverDigest: Channel['deliverDigest'] = async (notices) => {
      told.push(notices.map(({ id }) => id).join('+'))
      return 'took them'
    }
    const several = [lost, found] as const
    const { signal } = new AbortController()

    expect(await tell({ deliver, deliverDigest }, several, signal)).toBe('took them')
    expect(await tell({ deliver, deliverDigest }, [lost], signal)).toBe('took 41')
    expect(await tell({ deliver }, several, signal)).toBe('took 44')
    expect(told).toEqual(['41+44', '41', '41', '44'])
  })

  const times = fc.integer({ min: 0, max: 1439 }).map((minute) => {
    const two = (part: number): string => String(part).padStart(2, '0')
    return `${two(Math.floor(minute / 60))}:${two(minute % 60)}`
  })
  const hours = fc
    .record({
      from: times,
      to: times,
      zone: fc.constantFrom('UTC', 'Europe/Lisbon', 'Australia/Lord_Howe', 'Asia/Kathmandu'),
    })
    .filter(({ from, to }) => from !== to)
  const moments = fc.date({ min: new Date('2026-01-01'), max: new Date('2027-01-01'), noInvalidDate: true })
  const rules: fc.Arbitrary<Pick<ChannelRecord, 'spec' | 'leastSeverity' | 'quietHours' | 'digestMinutes'>> =
    fc.record({
      spec: fc.constantFrom(mail.spec, siem.spec),
      leastSeverity: fc.constantFrom(...severities),
      quietHours: fc.option(hours, { nil: undefined }),
      digestMinutes: fc.integer({ min: 0, max: 1440 }),
    })
  const queues = fc
    .array(fc.record({ severity: fc.constantFrom(...severities), at: moments }), { maxLength: 120 })
    .map((all) => all.map(({ severity, at }, index) => notice(index + 1, severity, at)))

  property.prop([rules, queues, moments])(
    'is told, passed over, or told by the time that is given',
    (channel, waiting, now) => {
      const first = planTelling(channel, waiting, now)
      const told = first.messages.flat()
      const held = waiting.filter((one) => !told.includes(one) && !first.passedOver.includes(one))

      expect(told.length + first.passedOver.length + held.length).toBe(waiting.length)
      expect(held.some(({ severity }) => severity === 'critical')).toBe(false)
      expect(first.nextAt === undefined).toBe(held.length === 0)
      if (first.nextAt === undefined) return
      expect(first.nextAt.getTime()).toBeGreaterThan(now.getTime())
      expect(planTelling(channel, held, first.nextAt).messages.flat()).toEqual(held)
    },
  )

  property.prop([hours, moments])(
    'is held to the end of quiet hours, and no longer, whatever clocks do there',
    (quiet, now) => {
      const end = endOfQuiet(quiet, now)

      expect(isQuiet(quiet, end)).toBe(false)
      if (end.getTime() > now.getTime()) {
        expect(isQuiet(quiet, now)).toBe(true)
        expect(isQuiet(quiet, new Date(end.getTime() - 1))).toBe(true)
      }
    },
  )
})
