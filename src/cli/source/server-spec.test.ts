import { expect, test } from 'vitest'
import { refuseServerOptions, serverSpecOf } from './server-spec.ts'

const noCredential = (text: string): Promise<string> => Promise.reject(new Error(text))

test.each([
  ['db.example.com', { host: 'db.example.com' }],
  ['db.example.com:5433', { host: 'db.example.com', port: 5433 }],
  ['[2001:db8::1]:5433', { host: '2001:db8::1', port: 5433 }],
  ['/run/postgresql', { host: '/run/postgresql' }],
])('a server is said as %s', async (text, place) => {
  const spec = await serverSpecOf('postgresql', text, { accounts: true }, noCredential)

  expect(spec).toEqual({ kind: 'postgresql', user: 'postgres', accounts: true, ...place })
})

test.each(['', 'a:b', 'a:1:2', '[::1'])('%j is no server', async (text) => {
  await expect(serverSpecOf('mariadb', text, { accounts: true }, noCredential)).rejects.toThrow(
    'is not a server',
  )
})

test('what only a server has is refused of other sources', () => {
  expect(() => {
    refuseServerOptions({ accounts: true, user: 'x' })
  }).toThrow('--user goes with')
  expect(() => {
    refuseServerOptions({ accounts: false })
  }).toThrow('--no-accounts goes with')
})
