import { inspect } from 'node:util'
import { describe, expect, test } from 'vitest'
import { Secret } from './secret.ts'

describe('Secret', () => {
  const secret = new Secret('correct horse')

  test('shows its text to nothing but reveal', () => {
    const shown = [
      String(secret),
      JSON.stringify({ secret }),
      inspect({ deep: { secret } }),
      secret.toString(),
    ]

    expect(shown.join(' ')).not.toContain('horse')
    expect(secret.reveal()).toBe('correct horse')
  })

  test('equals another of the same text only', () => {
    expect(secret.equals(new Secret('correct horse'))).toBe(true)
    expect(secret.equals(new Secret('correct house'))).toBe(false)
    expect(secret.equals(new Secret('correct'))).toBe(false)
  })
})
