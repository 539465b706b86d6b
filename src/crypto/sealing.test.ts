import { randomBytes } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { loadPrimitives } from './native.ts'
import { portablePrimitives } from './portable.ts'
import { open, seal, textOpener } from './sealing.ts'

describe('a sealed value', () => {
  const key = randomBytes(32)
  const value = Buffer.from('hunter2')
  const sealed = seal(key, value, 'credentials/7/secret')

  test('opens as what it was sealed as, with its key', () => {
    expect(Buffer.from(open(key, sealed, 'credentials/7/secret'))).toEqual(value)
    expect(seal(key, value, 'credentials/7/secret')).not.toEqual(sealed)
  })

  test('does not open as another value, with another key, cut off, or with any byte changed', () => {
    const wrong = expect.objectContaining({ code: 'INSTANCE_KEY_WRONG' }) as Error

    expect(() => open(key, sealed, 'credentials/8/secret')).toThrow(wrong)
    expect(() => open(randomBytes(32), sealed, 'credentials/7/secret')).toThrow(wrong)
    for (let at = 0; at < sealed.length; at++) {
      expect(() => open(key, sealed.subarray(0, at), 'credentials/7/secret')).toThrow(wrong)
      const altered = sealed.map((byte, index) => (index === at ? byte ^ 1 : byte))
      expect(() => open(key, altered, 'credentials/7/secret')).toThrow(wrong)
    }
  })
})

describe.each([loadPrimitives(), portablePrimitives()])(
  'one of many sealed texts, by $name primitives',
  (gcm) => {
    const key = randomBytes(32)
    const sealText = (text: string, place: string) => seal(key, Buffer.from(text), place)

    test.each([
      '',
      'hunter2',
      'ä“🔑',
      '\ufefftext',
      'x'.repeat(1023),
      'x'.repeat(1024),
      'ä'.repeat(600),
      'x'.repeat(100_000),
    ])('opens as what it was sealed as, after others: %s', (text) => {
      const openText = textOpener(gcm)
      const longPlace = 'p'.repeat(600)
      openText(key, sealText('another, which is longer than most of them', 'a'), 'a')

      expect(openText(key, sealText(text, 'place'), 'place')).toBe(text)
      expect(openText(key, sealText(text, longPlace), longPlace)).toBe(text)
      expect(openText(key, sealText('last', 'place'), 'place')).toBe('last')
    })

    test('does not open as another value, with another key, cut off, or with any byte changed', () => {
      const openText = textOpener(gcm)
      const wrong = expect.objectContaining({ code: 'INSTANCE_KEY_WRONG' }) as Error
      const sealed = sealText('hunter2', 'credentials/7/secret')

      expect(() => openText(key, sealed, 'credentials/8/secret')).toThrow(wrong)
      expect(() => openText(randomBytes(32), sealed, 'credentials/7/secret')).toThrow(wrong)
      for (let at = 0; at < sealed.length; at++) {
        expect(() => openText(key, sealed.subarray(0, at), 'credentials/7/secret')).toThrow(wrong)
        const altered = sealed.map((byte, index) => (index === at ? byte ^ 1 : byte))
        expect(() => openText(key, altered, 'credentials/7/secret')).toThrow(wrong)
      }
      expect(openText(key, sealed, 'credentials/7/secret')).toBe('hunter2')
    })
  },
)
