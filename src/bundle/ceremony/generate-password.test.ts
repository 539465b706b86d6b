import { expect, test } from 'vitest'
import { generateMasterPassword } from './generate-password.ts'

test('a master password is as many words as were asked for, of small letters, with hyphens between', async () => {
  expect((await generateMasterPassword()).reveal()).toMatch(/^[a-z]+(-[a-z]+){6}$/)
  expect((await generateMasterPassword(10)).reveal()).toMatch(/^[a-z]+(-[a-z]+){9}$/)
})
