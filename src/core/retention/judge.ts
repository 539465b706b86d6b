import { bucketOf } from './bucket-of.ts'
import { type CalendarSpan, formatSpan, spanBefore, type ZonedTime } from './calendar-span.ts'
import type { Period, RetentionPolicy, RetentionRule } from './policy.ts'

/** What has a time: a snapshot, a bundle. */
export interface Dated {
  /** Nanoseconds since 1970. */
  readonly timeNs: bigint
  /** By which spans are reckoned, where that is another: the clock may have leapt. */
  readonly spanTimeNs?: bigint | undefined
  /** East of UTC, of the zone in which its days begin; UTC where that is not said. */
  readonly zoneMinutes?: number | undefined
  readonly tags?: readonly string[] | undefined
}

/**
 * Which reasons each has to stay, in restic's meaning and words. None: it goes.
 *
 * @param newestFirst all that the rules are for
 * @param nowNs what is of the future does not count as the newest, from which `within` is reckoned
 * @param noun what these are, for the reasons
 */
export function judgeByRules<T extends Dated>(
  newestFirst: readonly T[],
  policy: RetentionPolicy,
  nowNs: bigint,
  noun: string,
): { readonly item: T; readonly reasons: readonly string[] }[] {
  const newest = newestFirst.find(({ timeNs }) => timeNs < nowNs)
  const judges = policy.map((rule) => makeJudge(rule, newest, noun))
  return newestFirst.map((item, index) => {
    const isOldest = index === newestFirst.length - 1
    return { item, reasons: judges.flatMap((reasonFor) => reasonFor(item, isOldest) ?? []) }
  })
}

/** Asked for each in turn, newest first: why it stays, as far as this rule goes. */
type Judge = (item: Dated, isOldest: boolean) => string | undefined

/** @param newest what spans are reckoned from; without it (all are of the future) any span holds everything */
function makeJudge(rule: RetentionRule, newest: Dated | undefined, noun: string): Judge {
  switch (rule.kind) {
    case 'tags':
      return (snapshot) => (hasTags(snapshot, rule.tags) ? `has tags [${rule.tags.join(', ')}]` : undefined)
    case 'within': {
      const isWithin = makeIsWithin(rule.span, newest)
      return (snapshot) => (isWithin(snapshot) ? `within ${formatSpan(rule.span)}` : undefined)
    }
    case 'last': {
      let left = rule.count
      return () => (left-- > 0 ? `last ${noun}` : undefined)
    }
    case 'every': {
      const isNext = makeIsNext(rule.period)
      let left = rule.count
      return (snapshot, isOldest) => {
        if (left === 0) return undefined
        const found = isNext(snapshot, isOldest)
        if (found !== undefined) left--
        return found === undefined ? undefined : `${found} ${noun}`
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

function hasTags({ tags = [] }: Dated, wanted: readonly string[]): boolean {
  for (const tag of wanted) {
    // As restic has it: from here on a snapshot without tags has them all.
    if (tag === '' && tags.length === 0) return true
    if (!tags.includes(tag)) return false
  }
  return true
}

function makeIsWithin(span: CalendarSpan, newest: Dated | undefined): (snapshot: Dated) => boolean {
  if (newest === undefined) return () => true
  const afterNs = spanBefore({ ...zoned(newest), timeNs: newest.spanTimeNs ?? newest.timeNs }, span)
  return ({ timeNs, spanTimeNs = timeNs }) => spanTimeNs > afterNs
}

/** `daily` when a snapshot is the first that is seen of its bucket, `oldest daily` when it is the last of all and not. */
function makeIsNext(period: Period): (snapshot: Dated, isOldest: boolean) => string | undefined {
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

function zoned({ timeNs, zoneMinutes = 0 }: Dated): ZonedTime {
  return { timeNs, zoneMinutes }
}
