import { expect, test } from 'vitest'
import { Secret } from '../core/secret.ts'
import { newTotpSecret, totpStepOf, totpUri } from './totp.ts'

/** The key of RFC 6238, appendix B, `12345678901234567890`, in base32. */
const key = new Secret('GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ')

test.each([
  [59, '287082'],
  [1_111_111_109, '081804'],
  [1_234_567_890, '005924'],
  [20_000_000_000, '353130'],
])('%d seconds after 1970 the code is %s, and good half a minute before and after', (seconds, code) => {
  const step = Math.floor(seconds / 30)
  const at = (offset: number): Date => new Date((seconds + offset) * 1000)

  expect([-30, 0, 30].map((offset) => totpStepOf(key, code, at(offset)))).toEqual([step, step, step])
  expect([-90, 90].map((offset) => totpStepOf(key, code, at(offset)))).toEqual([undefined, undefined])
})

test('what is no code of six digits is of no time', () => {
  for (const code of ['', '28708', '2870820', 'abcdef', '２８７０８２'])
    expect(totpStepOf(key, code, new Date(59_000))).toBeUndefined()
})

test('a key has 160 bits, and its URI names the instance and the user', () => {
  const secret = newTotpSecret()

  expect(secret.reveal()).toMatch(/^[A-Z2-7]{32}$/)
  const uri = new URL(totpUri(secret, 'Redoma vault', 'olga').reveal())
  expect(decodeURIComponent(uri.pathname)).toContain('Redoma vault:olga')
  expect(uri.searchParams.get('secret')).toBe(secret.reveal())
})
