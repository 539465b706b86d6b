import { randomBytes } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { open, seal } from './sealing.ts'

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
