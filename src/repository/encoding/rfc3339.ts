import { RedomaError } from '../../core/errors.ts'

const nsPerSecond = 1_000_000_000n
/** What a JavaScript date can hold, in seconds either side of 1970. */
const dateSeconds = 8_640_000_000_000n

/**
 * An instant, in nanoseconds since 1970, as Go's `RFC3339Nano` in UTC: `2024-11-22T20:00:21.78537201Z`. Years before 0 and
 * after 9999 become 0 and 9999, as in restic: the notation has no room for them.
 */
export function formatTime(ns: bigint): string {
  const fraction = ((ns % nsPerSecond) + nsPerSecond) % nsPerSecond
  const date = new Date(Number(clamp((ns - fraction) / nsPerSecond)) * 1000)
  date.setUTCFullYear(Math.min(Math.max(date.getUTCFullYear(), 0), 9999))
  return `${date.toISOString().slice(0, 19)}${fractionText(Number(fraction))}Z`
}

function clamp(seconds: bigint): bigint {
  if (seconds < -dateSeconds) return -dateSeconds
  return seconds > dateSeconds ? dateSeconds : seconds
}

function fractionText(ns: number): string {
  return ns === 0 ? '' : `.${ns.toString().padStart(9, '0').replace(/0+$/, '')}`
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

export function dateOfNs(ns: bigint): Date {
  return new Date(Number(ns / 1_000_000n))
}

export function nsOfDate(date: Date): bigint {
  return BigInt(date.getTime()) * 1_000_000n
}
