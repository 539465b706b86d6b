import { RedomaError } from '../../core/errors.ts'

const nsPerSecond = 1_000_000_000n
const secondsPerDay = 86_400
/** What a JavaScript date can hold, either side of 1970. */
const maxDateSeconds = 8_640_000_000_000

/**
 * An instant, in nanoseconds since 1970, as Go's `RFC3339Nano` in UTC: `2024-11-22T20:00:21.78537201Z`. Years before 0 and
 * after 9999 become 0 and 9999, as in restic: the notation has no room for them. With a zone it is `…20:00:21.78537201+01:00`.
 */
export function formatTime(ns: bigint, zoneMinutes = 0): string {
  if (zoneMinutes !== 0)
    return formatTime(ns + BigInt(zoneMinutes) * 60n * nsPerSecond).slice(0, -1) + zoneText(zoneMinutes)
  const fraction = Number(((ns % nsPerSecond) + nsPerSecond) % nsPerSecond)
  return formatParts(Number((ns - BigInt(fraction)) / nsPerSecond), fraction)
}

/** The same of whole seconds since 1970, and of nanoseconds up from there. */
export function formatParts(seconds: number, nanoseconds: number): string {
  return `${formatSeconds(seconds)}${fractionText(nanoseconds)}Z`
}

const formattedDays = new Map<number, string>()
const maxFormattedDays = 1024

/** Most files of a tree are of a few days: each is formatted once, since a `Date` costs more than all the rest. */
function formatSeconds(seconds: number): string {
  const day = Math.floor(seconds / secondsPerDay)
  const second = seconds - day * secondsPerDay
  const date = formattedDays.get(day) ?? rememberDay(day, formatDate(seconds))
  return `${date}T${twoDigits(second / 3600)}:${twoDigits((second / 60) % 60)}:${twoDigits(second % 60)}`
}

function rememberDay(day: number, date: string): string {
  if (formattedDays.size >= maxFormattedDays) formattedDays.clear()
  formattedDays.set(day, date)
  return date
}

function formatDate(seconds: number): string {
  const date = new Date(Math.min(Math.max(seconds, -maxDateSeconds), maxDateSeconds) * 1000)
  date.setUTCFullYear(Math.min(Math.max(date.getUTCFullYear(), 0), 9999))
  return date.toISOString().slice(0, 10)
}

function twoDigits(value: number): string {
  return value < 10 ? `0${Math.trunc(value)}` : Math.trunc(value).toString()
}

function fractionText(ns: number): string {
  if (ns === 0) return ''
  let digits = 9
  let rest = ns
  for (; rest % 10 === 0; rest /= 10) digits--
  return `.${rest.toString().padStart(digits, '0')}`
}

function zoneText(minutes: number): string {
  const absolute = Math.abs(minutes)
  return `${minutes < 0 ? '-' : '+'}${twoDigits(absolute / 60)}:${twoDigits(absolute % 60)}`
}

const notation = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?(Z|[+-]\d\d:\d\d)$/

/**
 * Nanoseconds since 1970 of an RFC 3339 time in any zone.
 *
 * @throws RedomaError `DATA_DAMAGED`
 */
export function parseTime(text: unknown): bigint {
  const [, seconds = '', fraction = '', zone = ''] =
    typeof text === 'string' ? (notation.exec(text) ?? []) : []
  const milliseconds = Date.parse(seconds + zone)
  if (Number.isNaN(milliseconds)) throw new RedomaError('DATA_DAMAGED', 'not a time in RFC 3339')
  return BigInt(milliseconds) * 1_000_000n + BigInt(fraction.padEnd(9, '0'))
}

/** Of an RFC 3339 time: minutes east of UTC; `undefined` for UTC itself. */
export function zoneMinutesOf(text: string): number | undefined {
  const [, sign, hours = '0', minutes = '0'] = /([+-])(\d\d):(\d\d)$/.exec(text) ?? []
  const east = 60 * Number(hours) + Number(minutes)
  return east === 0 ? undefined : sign === '-' ? -east : east
}

export function dateOfNs(ns: bigint): Date {
  return new Date(Number(ns / 1_000_000n))
}

export function nsOfDate(date: Date): bigint {
  return BigInt(date.getTime()) * 1_000_000n
}
