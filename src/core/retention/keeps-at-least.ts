import type { CalendarSpan } from './calendar-span.ts'
import type { RetentionPolicy, RetentionRule } from './policy.ts'

/**
 * Whether a policy surely keeps all that another one does: each rule of that one has one here that goes as far. A policy without a rule keeps all. Two that
 * say it in other ways are taken for one that keeps less: who asks may look twice.
 */
export function keepsAtLeast(policy: RetentionPolicy, other: RetentionPolicy): boolean {
  if (policy.length === 0) return true
  return other.length > 0 && other.every((rule) => policy.some((one) => goesAsFar(one, rule)))
}

function goesAsFar(one: RetentionRule, other: RetentionRule): boolean {
  switch (one.kind) {
    case 'tags':
      return other.kind === 'tags' && one.tags.join('\0') === other.tags.join('\0')
    case 'within':
      return other.kind === 'within' && isAsLong(one.span, other.span)
    case 'last':
      return other.kind === 'last' && one.count >= other.count
    case 'every':
      return other.kind === 'every' && one.period === other.period && one.count >= other.count
    case 'every-within':
      return other.kind === 'every-within' && one.period === other.period && isAsLong(one.span, other.span)
  }
}

/** Each unit by itself: a month is not a number of days. */
function isAsLong(one: CalendarSpan, other: CalendarSpan): boolean {
  return (
    one.years >= other.years &&
    one.months >= other.months &&
    one.days >= other.days &&
    one.hours >= other.hours
  )
}
