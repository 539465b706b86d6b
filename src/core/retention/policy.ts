import type { CalendarSpan } from './calendar-span.ts'

export const periods = ['hourly', 'daily', 'weekly', 'monthly', 'yearly'] as const
/** Of each hour, day, ISO week, month or year the newest snapshot counts. */
export type Period = (typeof periods)[number]

/** Why a snapshot may stay. */
export type RetentionRule =
  /** It has all of these tags; the tag `''` is that of a snapshot without any. */
  | { readonly kind: 'tags'; readonly tags: readonly string[] }
  /** It is younger than this, seen from the newest snapshot of its group. */
  | { readonly kind: 'within'; readonly span: CalendarSpan }
  /** It is one of the newest `count`, which may be `Infinity`. */
  | { readonly kind: 'last'; readonly count: number }
  /** It is the newest of one of the last `count` hours, days … that have any; or the oldest of all, while fewer were found. */
  | { readonly kind: 'every'; readonly period: Period; readonly count: number }
  /** It is the newest of an hour, day … and younger than this; or the oldest of all, if that is younger. */
  | { readonly kind: 'every-within'; readonly period: Period; readonly span: CalendarSpan }

/** What one rule keeps, stays. In the order in which reasons are given. */
export type RetentionPolicy = readonly RetentionRule[]
