import { argon2Sync } from 'node:crypto'
import { expect, test } from 'vitest'
import { Secret } from '../core/secret.ts'
import { hashPassword, isPasswordOf } from './argon2id.ts'

const password = new Secret('nine violet otters hum softly')

test('a password is hashed as RFC 9106 recommends, with a salt of its own, and found again', async () => {
  const [first, second] = [await hashPassword(password), await hashPassword(password)]

  expect(first.reveal()).toMatch(/^\$argon2id\$v=19\$m=65536,t=3,p=4\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/)
  expect(second.reveal()).not.toBe(first.reveal())
  expect(await isPasswordOf(first, password)).toBe(true)
  expect(await isPasswordOf(first, new Secret('nine violet otters hum softlx'))).toBe(false)
})

test('a hash of other settings is of the same password no less', async () => {
  const salt = Buffer.alloc(16, 7).toString('base64').replace(/=+$/, '')
  const settings = { memory: 1024, passes: 2, parallelism: 1, tagLength: 32, nonce: Buffer.alloc(16, 7) }
  const tag = argon2Sync('argon2id', { ...settings, message: password.reveal() })
  const text = `$argon2id$v=19$m=1024,t=2,p=1$${salt}$${tag.toString('base64').replace(/=+$/, '')}`

  expect(await isPasswordOf(new Secret(text), password)).toBe(true)
})

test.each([
  'hunter2',
  '$argon2i$v=19$m=65536,t=3,p=4$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA',
  '$argon2id$v=19$m=9999999,t=3,p=4$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA',
  '$argon2id$v=19$m=65536,t=0,p=4$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA',
])('%s is no hash of ours, and is not computed', async (text) => {
  await expect(isPasswordOf(new Secret(text), password)).rejects.toMatchObject({ code: 'DATA_DAMAGED' })
})
