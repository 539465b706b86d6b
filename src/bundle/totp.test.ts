import { describe, expect, test } from 'vitest'
import { Secret } from '../core/secret.ts'
import { totpCode } from './totp.ts'

const base32Of = (text: string) => {
  const bits = Array.from(Buffer.from(text), (byte) => byte.toString(2).padStart(8, '0')).join('')
  const digits = bits.match(/.{1,5}/g) ?? []
  return digits
    .map((part) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.charAt(Number.parseInt(part.padEnd(5, '0'), 2)))
    .join('')
}
const digits = '1234567890'.repeat(7)
const seeds = {
  SHA1: base32Of(digits.slice(0, 20)),
  SHA256: base32Of(digits.slice(0, 32)),
  SHA512: base32Of(digits.slice(0, 64)),
}

describe('a TOTP code', () => {
  // RFC 6238, appendix B.
  test.each([
    [59, 'SHA1', '94287082'],
    [59, 'SHA256', '46119246'],
    [59, 'SHA512', '90693936'],
    [1111111109, 'SHA1', '07081804'],
    [1234567890, 'SHA256', '91819424'],
    [20000000000, 'SHA1', '65353130'],
    [20000000000, 'SHA512', '47863826'],
  ] as const)('at %i with %s is %s', (seconds, algorithm, code) => {
    const uri = `otpauth://totp/x?secret=${seeds[algorithm]}&algorithm=${algorithm}&digits=8`

    expect(totpCode(new Secret(uri), new Date(seconds * 1000)).code).toBe(code)
  })

  test('comes of a bare seed too, however it is written, and says how long it lasts', () => {
    const seed = seeds.SHA1.toLowerCase().replaceAll(/(.{4})/g, '$1 ')

    expect(totpCode(new Secret(seed), new Date(59_000))).toEqual({ code: '287082', secondsLeft: 1 })
  })

  test.each(['', 'not base32!', 'otpauth://hotp/x?secret=AAAA', 'otpauth://totp/x?secret=AAAA&digits=99'])(
    'of %j is refused without showing it',
    (text) => {
      expect(() => totpCode(new Secret(text), new Date(0))).toThrow(/neither an otpauth/)
    },
  )
})
