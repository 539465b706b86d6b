import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import Slip39 from 'slip39'
import { describe, expect, test } from 'vitest'
import { toHex } from '../../src/core/bytes.ts'
import { combineShares } from '../../src/crypto/slip39/combine-shares.ts'
import { ShareError, type ShareFault } from '../../src/crypto/slip39/fault.ts'
import { parseShare } from '../../src/crypto/slip39/parse-share.ts'
import { splitSecret } from '../../src/crypto/slip39/split-secret.ts'

type Vector = readonly [title: string, shares: readonly string[], secretHex: string, key: string]

const vectors = JSON.parse(
  readFileSync(new URL('../vectors/slip39/vectors.json', import.meta.url), 'utf8'),
) as readonly Vector[]

const combine = (shares: readonly string[], passphrase = ''): string =>
  toHex(combineShares(shares.map(parseShare), passphrase))

const reasons: readonly (readonly [RegExp, ShareFault['kind']])[] = [
  [/invalid checksum/, 'checksum'],
  [/invalid padding|greater group threshold/, 'impossible'],
  [/different|mismatching|duplicate/, 'another-set'],
  [/invalid digest/, 'digest'],
  [/insufficient length|invalid master secret length/, 'word-count'],
  [/Basic sharing|[Ii]nsufficient number/, 'too-few'],
]

function faultKind(shares: readonly string[]): string {
  try {
    return combine(shares, 'TREZOR')
  } catch (error) {
    return error instanceof ShareError ? error.fault.kind : String(error)
  }
}

describe('the official vectors of SLIP-39', () => {
  test('are 45', () => {
    expect(vectors).toHaveLength(45)
  })

  test.each(vectors.filter(([, , secretHex]) => secretHex !== ''))('%s', (_title, shares, secretHex) => {
    expect(combine(shares, 'TREZOR')).toBe(secretHex)
  })

  test.each(vectors.filter(([, , secretHex]) => secretHex === ''))(
    '%s: refused, and why',
    (title, shares) => {
      const [, why] = reasons.find(([pattern]) => pattern.test(title)) ?? []

      expect(faultKind(shares)).toBe(why)
    },
  )
})

describe.each([16, 32])('the shares of a secret of %i bytes', (length) => {
  test('that were made here give it back in npm slip39', () => {
    const secret = randomBytes(length)
    const groups = [
      { threshold: 2, count: 3 },
      { threshold: 3, count: 5 },
      { threshold: 1, count: 1 },
    ]

    const shares = splitSecret(secret, { groupThreshold: 2, groups })
    const [board = [], operations = []] = shares.map((group) => group.map((share) => share.reveal()))

    const chosen = [...board.slice(1), ...operations.slice(2)]
    expect(Slip39.recoverSecret(chosen, '')).toEqual([...secret])
    expect(() => Slip39.recoverSecret(chosen.slice(1), '')).toThrow()
  })

  test.each([0, 1] as const)(
    'that npm slip39 made give it back here (extendable: %i)',
    (extendableBackupFlag) => {
      const secret = randomBytes(length)
      const groups = [[2, 3] as const, [3, 5] as const, [1, 1] as const]
      const options = { threshold: 2, groups, iterationExponent: 1, extendableBackupFlag, passphrase: 'p' }

      const made = Slip39.fromArray([...secret], options)

      const chosen = [...made.fromPath('r/1').mnemonics.slice(1, 4), ...made.fromPath('r/2').mnemonics]
      expect(combine(chosen, 'p')).toBe(toHex(secret))
      expect(combine(chosen, 'q')).not.toBe(toHex(secret))
      expect(() => combine(chosen.slice(1), 'p')).toThrow('more cards are needed')
    },
  )
})
