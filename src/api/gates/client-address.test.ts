import { BlockList } from 'node:net'
import { expect, test } from 'vitest'
import { clientOf, plainAddress } from './client-address.ts'

const proxies = new BlockList()
proxies.addSubnet('10.0.0.0', 8, 'ipv4')
proxies.addAddress('2001:db8::1', 'ipv6')

test.each<[string, string, string | undefined, string]>([
  ['nobody said anything', '198.51.100.1', undefined, '198.51.100.1'],
  ['a stranger says something', '198.51.100.1', '203.0.113.1', '198.51.100.1'],
  ['the proxy itself asks', '10.0.0.1', undefined, '10.0.0.1'],
  ['the proxy says for whom', '10.0.0.1', '203.0.113.1', '203.0.113.1'],
  ['a client put another before itself', '10.0.0.1', '203.0.113.9, 203.0.113.1', '203.0.113.1'],
  ['there are two proxies', '10.0.0.1', '203.0.113.1, 10.7.7.7', '203.0.113.1'],
  ['a machine among the proxies asks', '10.0.0.1', '10.1.1.1,10.2.2.2', '10.1.1.1'],
  ['it cannot be read', '10.0.0.1', '203.0.113.1, x', '10.0.0.1'],
  ['it is empty', '10.0.0.1', ',,,', '10.0.0.1'],
  ['a proxy writes ports', '2001:db8::1', '[2001:DB8::7]:443', '2001:db8::7'],
  ['it has no end', '10.0.0.1', Array.from({ length: 10_000 }, () => '10.0.0.2').join(), '10.0.0.2'],
])('whose request it is, when %s', (_, peer, forwarded, client) => {
  expect(clientOf(peer, forwarded, proxies)).toBe(client)
})

test('an address is the same however a socket writes it', () => {
  expect(['::ffff:192.0.2.1', '192.0.2.1', 'fe80::1%eth0', '::1', ''].map(plainAddress)).toEqual([
    '192.0.2.1',
    '192.0.2.1',
    'fe80::1',
    '::1',
    '',
  ])
})
