import { createHmac, randomBytes } from 'node:crypto'
import { expect, test } from 'vitest'
import { makeHmac } from './hmac.ts'

test('HMAC is that of Node.js, whatever the text and the key', () => {
  for (const length of [0, 1, 54, 55, 56, 63, 64, 65, 341, 342, 1000]) {
    const key = randomBytes(Math.min(length, 64))
    const text = 'ä'.repeat(length)

    expect(Buffer.from(makeHmac(key)(text))).toEqual(createHmac('sha256', key).update(text).digest())
  }
})
