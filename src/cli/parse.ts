import { RedomaError } from '../core/errors.ts'

const multipliers: Readonly<Record<string, number>> = {
  '': 1,
  b: 1,
  k: 1024,
  m: 1024 ** 2,
  g: 1024 ** 3,
  t: 1024 ** 4,
}

/**
 * `500M`, `1.5 GiB`, `4096`: a size in bytes, the units being powers of 1024.
 *
 * @throws RedomaError `USAGE`
 */
export function parseSize(text: string): number {
  const [, number, unit] = /^(\d+(?:\.\d+)?)\s*([bkmgt]?)(?:i?b)?$/i.exec(text.trim()) ?? []
  const multiplier = multipliers[(unit ?? '').toLowerCase()]
  if (number === undefined || multiplier === undefined) {
    throw new RedomaError('USAGE', `${JSON.stringify(text)} is not a size`, {
      hint: 'Sizes look like 500M or 2G.',
    })
  }
  return Math.round(Number(number) * multiplier)
}

const spanUnits: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 }

/**
 * `30s`, `5m`, `2h`, `1d`, `0`: a span of time, in milliseconds.
 *
 * @throws RedomaError `USAGE`
 */
export function parseSpan(text: string): number {
  const [, number, unit] = /^(\d{1,6})([smhd])$/.exec(text.trim()) ?? []
  const multiplier = spanUnits[unit ?? '']
  if (text.trim() === '0') return 0
  if (number === undefined || multiplier === undefined) {
    throw new RedomaError('USAGE', `${JSON.stringify(text)} is not a span of time`, {
      hint: 'Spans look like 30s, 5m, 2h or 1d.',
    })
  }
  return Number(number) * multiplier
}

/**
 * A whole number from `least` up.
 *
 * @throws RedomaError `USAGE`
 */
export function parseCount(text: string, least: number): number {
  const number = Number(text)
  if (!/^\d{1,9}$/.test(text) || number < least) {
    throw new RedomaError('USAGE', `${JSON.stringify(text)} is not a whole number from ${least} up`)
  }
  return number
}
