import type { Snapshot } from '../snapshots/snapshot.ts'
import { bucketOf } from './bucket-of.ts'
import { type CalendarSpan, formatSpan, spanBefore, type ZonedTime } from './calendar-span.ts'
import type { Period, RetentionRule } from './policy.ts'

/** Asked for each snapshot of a group in turn, newest first: why it stays, as far as this rule goes. */
export type Judge = (snapshot: Snapshot, isOldest: boolean) => string | undefined

/** @param newest what spans are reckoned from; without it (all snapshots are of the future) any span holds everything */
export function makeJudge(rule: RetentionRule, newest: Snapshot | undefined): Judge {
  switch (rule.kind) {
    case 'tags':
      return (snapshot) => (hasTags(snapshot, rule.tags) ? `has tags [${rule.tags.join(', ')}]` : undefined)
    case 'within': {
      const isWithin = makeIsWithin(rule.span, newest)
      return (snapshot) => (isWithin(snapshot) ? `within ${formatSpan(rule.span)}` : undefined)
    }
    case 'last': {
      let left = rule.count
      return () => (left-- > 0 ? 'last snapshot' : undefined)
    }
    case 'every': {
      const isNext = makeIsNext(rule.period)
      let left = rule.count
      return (snapshot, isOldest) => {
        if (left === 0) return undefined
        const found = isNext(snapshot, isOldest)
        if (found !== undefined) left--
        return found === undefined ? undefined : `${found} snapshot`
      }
    }
    case 'every-within': {
      const isWithin = makeIsWithin(rule.span, newest)
      const isNext = makeIsNext(rule.period)
      return (snapshot, isOldest) => {
        const found = isWithin(snapshot) ? isNext(snapshot, isOldest) : undefined
        return found === undefined ? undefined : `${found} within ${formatSpan(rule.span)}`
      }
    }
  }
}

function hasTags({ tags = [] }: Snapshot, wanted: readonly string[]): boolean {
  for (const tag of wanted) {
    // As restic has it: from here on a snapshot without tags has them all.
    if (tag === '' && tags.length === 0) return true
    if (!tags.includes(tag)) return false
  }
  return true
}

function makeIsWithin(span: CalendarSpan, newest: Snapshot | undefined): (snapshot: Snapshot) => boolean {
  if (newest === undefined) return () => true
  const afterNs = spanBefore(zoned(newest), span)
  return ({ timeNs }) => timeNs > afterNs
}

/** `daily` when a snapshot is the first that is seen of its bucket, `oldest daily` when it is the last of all and not. */
function makeIsNext(period: Period): (snapshot: Snapshot, isOldest: boolean) => string | undefined {
  let previous: number | undefined
  return (snapshot, isOldest) => {
    const bucket = bucketOf(period, zoned(snapshot))
    if (bucket !== previous) {
      previous = bucket
      return period
    }
    return isOldest ? `oldest ${period}` : undefined
  }
}

function zoned({ timeNs, zoneMinutes = 0 }: Snapshot): ZonedTime {
  return { timeNs, zoneMinutes }
}
