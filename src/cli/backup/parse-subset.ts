import { RedomaError } from '../../core/errors.ts'
import type { DataToRead } from '../../repository/checking/choose-packs.ts'
import { parseSize } from '../parse.ts'

/**
 * `3/10`, `5%`, `2.5%`, `500M`: as restic's `--read-data-subset`.
 *
 * @throws RedomaError `USAGE`
 */
export function parseSubset(text: string): DataToRead {
  const part = /^(\d+)\/(\d+)$/.exec(text)
  if (part !== null) {
    const of = parsePart(part[2] ?? '', 256)
    return { kind: 'part', part: parsePart(part[1] ?? '', of), of }
  }
  const share = /^(\d+(?:\.\d+)?)%$/.exec(text)
  if (share === null) return { kind: 'bytes', bytes: parseSize(text) }
  const percent = Number(share[1])
  if (percent <= 0 || percent > 100) throw new RedomaError('USAGE', `${text} is not a share of the whole`)
  return { kind: 'share', percent }
}

/**
 * A whole number from 1 to `most`.
 *
 * @throws RedomaError `USAGE`
 */
export function parsePart(text: string, most: number): number {
  const number = Number(text)
  if (/^\d{1,3}$/.test(text) && number >= 1 && number <= most) return number
  throw new RedomaError('USAGE', `${JSON.stringify(text)} is not a whole number from 1 to ${most}`)
}
