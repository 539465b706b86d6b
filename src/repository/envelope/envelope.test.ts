import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { fromHex, toHex } from '../../core/bytes.ts'
import { isRedomaError } from '../../core/errors.ts'
import { portablePrimitives } from '../../crypto/portable.ts'
import { makeEnvelope } from './envelope.ts'
import { randomSealingKey, sealingKeyFrom, wipeSealingKey } from './sealing-key.ts'

const primitives = portablePrimitives()
const counting = (first: number, length: number): Uint8Array =>
  Uint8Array.from({ length }, (_, i) => first + i)
const key = {
  encryption: counting(0, 32),
  macK: counting(0x40, 16),
  macR: counting(0x80, 16),
}
const fixed = makeEnvelope(key, primitives, (iv) => {
  iv.set(counting(0xc0, 16))
})
const envelope = makeEnvelope(randomSealingKey(), primitives)

describe('envelope', () => {
  test('seals the vector of the format', () => {
    const sealed = fixed.seal(Buffer.from('hello restic\n'))

    expect(toHex(sealed)).toBe(
      'c0c1c2c3c4c5c6c7c8c9cacbcccdcecfbfa73953293f82257671c1d2c5b2061f147e11dcc5714eb6858da0c2c5',
    )
    expect(Buffer.from(fixed.open(sealed)).toString()).toBe('hello restic\n')
  })

  test('authenticates the empty and the long content as other programs do', () => {
    expect(toHex(fixed.seal(new Uint8Array(0)).subarray(-16))).toBe('dad479c64863c408f100114b33bda9cc')
    expect(toHex(fixed.seal(new Uint8Array(32).fill(7)).subarray(-16))).toBe(
      'ed1c6e33081864b3e745c5979ee8d7ce',
    )
  })

  test('opens what it sealed, in place too', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (content) => {
        const out = new Uint8Array(content.length + 32)
        out.set(content, 16)
        const middle = out.subarray(16, 16 + content.length)
        envelope.sealInto(middle, out)
        envelope.openInto(out.slice(), new Uint8Array(content.length))
        envelope.openInto(out, middle)
        expect(middle).toEqual(content)
      }),
    )
  })

  test('refuses every altered byte and every other length', () => {
    const sealed = envelope.seal(Buffer.from('content'))
    for (let at = 0; at < sealed.length; at++) {
      const altered = sealed.slice()
      altered[at] = (altered[at] ?? 0) ^ 1
      expect(() => envelope.open(altered)).toThrow(/altered/)
      expect(() => envelope.open(sealed.subarray(0, at))).toThrow(/altered|cut off/)
    }
  })

  test('refuses a nonce and keys of zeros', () => {
    const sealed = envelope.seal(Buffer.from('content')).fill(0, 0, 16)

    expect(() => envelope.open(sealed)).toThrow(/nonce/)
    expect(() => sealingKeyFrom(new Uint8Array(64).fill(1, 32))).toThrow(/not valid/)
    expect(() => sealingKeyFrom(fromHex('01'.repeat(63)))).toThrow(/not valid/)
  })

  test('leaves the output alone when the key is wrong', () => {
    const out = new Uint8Array(7).fill(9)
    const attempt = (): void => {
      envelope.openInto(fixed.seal(Buffer.from('content')), out)
    }

    expect(attempt).toThrow(expect.toSatisfy((error) => isRedomaError(error, 'DATA_DAMAGED')))
    expect(out).toEqual(new Uint8Array(7).fill(9))
  })

  test('a wiped key is gone', () => {
    const own = randomSealingKey()
    wipeSealingKey(own)
    expect([...own.encryption, ...own.macK, ...own.macR].every((byte) => byte === 0)).toBe(true)
  })
})
