import { type ForgetGrouping, forgetGroupings } from '../../app/plan-forget.ts'
import { RedomaError } from '../../core/errors.ts'
import type { CalendarSpan } from '../../core/retention/calendar-span.ts'
import { periods, type RetentionPolicy, type RetentionRule } from '../../core/retention/policy.ts'
import { parseCount } from '../parse.ts'

/** The words of `--keep-…`, as they were typed. */
export interface KeepOptions {
  readonly keepLast?: string
  readonly keepHourly?: string
  readonly keepDaily?: string
  readonly keepWeekly?: string
  readonly keepMonthly?: string
  readonly keepYearly?: string
  readonly keepWithin?: string
  readonly keepWithinHourly?: string
  readonly keepWithinDaily?: string
  readonly keepWithinWeekly?: string
  readonly keepWithinMonthly?: string
  readonly keepWithinYearly?: string
  readonly keepTag?: readonly string[]
}

/**
 * The rules, in the order in which restic gives its reasons. A count of 0 and a span of nothing are no rules.
 *
 * @throws RedomaError `USAGE`
 */
export function parsePolicy(options: KeepOptions): RetentionPolicy {
  const every = [
    options.keepHourly,
    options.keepDaily,
    options.keepWeekly,
    options.keepMonthly,
    options.keepYearly,
  ]
  const everyWithin = [
    options.keepWithinHourly,
    options.keepWithinDaily,
    options.keepWithinWeekly,
    options.keepWithinMonthly,
    options.keepWithinYearly,
  ]
  return [
    ...(options.keepTag ?? []).map((text): RetentionRule => ({ kind: 'tags', tags: parseTagList(text) })),
    ...spans(options.keepWithin).map((span): RetentionRule => ({ kind: 'within', span })),
    ...counts(options.keepLast).map((count): RetentionRule => ({ kind: 'last', count })),
    ...periods.flatMap((period, at) =>
      counts(every[at]).map((count): RetentionRule => ({ kind: 'every', period, count })),
    ),
    ...periods.flatMap((period, at) =>
      spans(everyWithin[at]).map((span): RetentionRule => ({ kind: 'every-within', period, span })),
    ),
  ]
}

/** `a,b`: both. */
export function parseTagList(text: string): string[] {
  return text.split(',').map((tag) => tag.trim())
}

/** @throws RedomaError `USAGE` */
export function parseGroupings(text: string): ForgetGrouping[] {
  const names = text.split(',').map((name) => name.trim())
  return names.filter((name) => name !== '').map(parseGrouping)
}

function parseGrouping(name: string): ForgetGrouping {
  const found = forgetGroupings.find(
    (grouping) => grouping === name || `${grouping}s` === name || grouping === `${name}s`,
  )
  if (found !== undefined) return found
  throw new RedomaError('USAGE', `there is no grouping by ${JSON.stringify(name)}`, {
    hint: `Group by ${forgetGroupings.join(', ')}, several separated by commas.`,
  })
}

function counts(text: string | undefined): number[] {
  if (text === undefined) return []
  const count = text === 'unlimited' || text === '-1' ? Infinity : parseCount(text, 0)
  return count === 0 ? [] : [count]
}

function spans(text: string | undefined): CalendarSpan[] {
  if (text === undefined) return []
  const span = parseSpan(text)
  return Object.values(span).every((value) => value === 0) ? [] : [span]
}

const units = { y: 'years', m: 'months', d: 'days', h: 'hours' } as const

/** `1y5m7d2h`: a month is `m`, as in restic. */
function parseSpan(text: string): CalendarSpan {
  const span = { years: 0, months: 0, days: 0, hours: 0 }
  if (!/^(?:\d{1,5}[ymdh])+$/.test(text)) {
    throw new RedomaError('USAGE', `${JSON.stringify(text)} is not a span of time`, {
      hint: 'Spans look like 2y, 6m, 7d or 12h, and 1y6m for a year and six months.',
    })
  }
  for (const [, number, unit] of text.matchAll(/(?<!\d)(\d+)([ymdh])/g)) {
    span[units[unit as keyof typeof units]] = Number(number)
  }
  return span
}
