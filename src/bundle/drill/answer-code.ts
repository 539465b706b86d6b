import { randomBytes } from 'node:crypto'
import { sha256 } from '@noble/hashes/sha2.js'
import { toHex } from '../../core/bytes.ts'
import { RedomaError } from '../../core/errors.ts'

/** Crockford's: no I, L, O, U, so that a code can be read over the phone. */
const letters = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
const length = 12
const pattern = /^[0-9A-HJKMNP-TV-Z]{12}$/

/** `7KQ2-M0XR-9D4T`: 60 random bits. */
export function newAnswerCode(): string {
  const code = Array.from(randomBytes(length), (byte) => letters[byte & 31] ?? '').join('')
  return code.replaceAll(/(.{4})(?=.)/g, '$1-')
}

/**
 * A code as somebody typed or dictated it: small letters, blanks, and O, I, L for the digits that they look like.
 *
 * @throws RedomaError `USAGE`
 */
export function readAnswerCode(text: string): string {
  const code = text.toUpperCase().replaceAll(/[\s-]/g, '').replaceAll('O', '0').replaceAll(/[IL]/g, '1')
  if (!pattern.test(code)) {
    throw new RedomaError('USAGE', 'that is no answer code', { hint: 'It looks like 7KQ2-M0XR-9D4T.' })
  }
  return code.replaceAll(/(.{4})(?=.)/g, '$1-')
}

/** What a question says to who can open it: the code, and whose question of which drill it is, so that it is good at no other place. */
export function questionText(drill: string, subject: number | 'whole', code: string): string {
  return `${code}\n${drill}\n${subject}\n`
}

/** What is kept of a code. Bound to its drill and subject: an answer is good for one question. */
export function answerDigest(drill: string, subject: number | 'whole', code: string): string {
  return toHex(sha256(new TextEncoder().encode(`redoma drill 1\n${drill}\n${subject}\n${code}`)))
}
