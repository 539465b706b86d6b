import { createHmac } from 'node:crypto'
import { viewOf } from '../core/bytes.ts'
import { RedomaError } from '../core/errors.ts'
import type { Secret } from '../core/secret.ts'
import { withoutLast } from '../core/without-last.ts'

export interface TotpCode {
  readonly code: string
  /** How long it is still accepted. */
  readonly secondsLeft: number
}

interface TotpSettings {
  readonly key: Uint8Array
  readonly hash: 'sha1' | 'sha256' | 'sha512'
  readonly digits: number
  readonly periodSeconds: number
}

/**
 * The code of this moment (RFC 6238), from an `otpauth://totp/…` URI or a bare base32 seed.
 *
 * @throws RedomaError `DATA_DAMAGED` when the seed is neither; nothing of it is in the message
 */
export function totpCode(seed: Secret, now: Date): TotpCode {
  const { key, hash, digits, periodSeconds } = parseSeed(seed.reveal().trim())
  const seconds = Math.floor(now.getTime() / 1000)
  const counter = new Uint8Array(8)
  viewOf(counter).setBigUint64(0, BigInt(Math.floor(seconds / periodSeconds)))
  const digest: Uint8Array = createHmac(hash, key).update(counter).digest()
  // RFC 4226, 5.3: four bytes from where the low bits of the last byte point to, without the sign.
  const value = viewOf(digest).getUint32((digest.at(-1) ?? 0) & 0xf) & 0x7fffffff
  return {
    code: String(value % 10 ** digits).padStart(digits, '0'),
    secondsLeft: periodSeconds - (seconds % periodSeconds),
  }
}

function parseSeed(text: string): TotpSettings {
  if (!text.toLowerCase().startsWith('otpauth:')) {
    return { key: fromBase32(text), hash: 'sha1', digits: 6, periodSeconds: 30 }
  }
  const uri = URL.canParse(text) ? new URL(text) : undefined
  if (uri?.host.toLowerCase() !== 'totp') throw unusable()
  const hash = (uri.searchParams.get('algorithm') ?? 'SHA1').toLowerCase().replace('-', '')
  if (hash !== 'sha1' && hash !== 'sha256' && hash !== 'sha512') throw unusable()
  return {
    key: fromBase32(uri.searchParams.get('secret') ?? ''),
    hash,
    digits: numberIn(uri.searchParams.get('digits') ?? '6', 6, 10),
    periodSeconds: numberIn(uri.searchParams.get('period') ?? '30', 1, 3600),
  }
}

function numberIn(text: string, least: number, most: number): number {
  const value = /^\d{1,4}$/.test(text) ? Number(text) : Number.NaN
  if (value >= least && value <= most) return value
  throw unusable()
}

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'

/** RFC 4648, 6; people write it in groups and in small letters, and leave the padding out. */
function fromBase32(text: string): Uint8Array {
  const digits = withoutLast(text.toUpperCase().replaceAll(/[\s-]/g, ''), '=')
  if (!/^[A-Z2-7]+$/.test(digits)) throw unusable()
  const bits = Array.from(digits, (digit) => alphabet.indexOf(digit).toString(2).padStart(5, '0')).join('')
  return Uint8Array.from((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)))
}

function unusable(): RedomaError {
  return new RedomaError('DATA_DAMAGED', 'the TOTP seed is neither an otpauth:// URI nor base32')
}
