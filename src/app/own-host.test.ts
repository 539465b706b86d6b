import { describe, expect, test } from 'vitest'
import { isLoopback, whyOwnHost } from './own-host.ts'

const self = {
  names: ['pam-1', 'pam-1.example.com'],
  addresses: ['127.0.0.1', '192.0.2.7', '2001:db8::7', 'fe80::1%eth0', '::1'],
}

describe('a host is this machine', () => {
  test.each([
    ['localhost', []],
    ['LocalHost.', []],
    ['files.localhost', []],
    ['ip6-localhost', []],
    ['pam-1', []],
    ['PAM-1.example.com.', []],
    ['127.0.0.1', ['127.0.0.1']],
    ['127.1', ['127.0.0.1']],
    ['2130706433', ['127.0.0.1']],
    ['127.8.9.10', ['127.8.9.10']],
    ['0.0.0.0', ['0.0.0.0']],
    ['0', ['0.0.0.0']],
    ['::', ['::']],
    ['::1', ['::1']],
    ['0:0:0:0:0:0:0:1', ['0:0:0:0:0:0:0:1']],
    ['::ffff:127.0.0.1', ['::ffff:127.0.0.1']],
    ['::ffff:7f00:1', ['::ffff:7f00:1']],
    ['192.0.2.7', ['192.0.2.7']],
    ['::ffff:192.0.2.7', ['::ffff:192.0.2.7']],
    ['2001:db8::7', ['2001:db8::7']],
    ['2001:DB8:0:0::7', ['2001:DB8:0:0::7']],
    ['fe80::1%eth0', ['fe80::1%eth0']],
    ['fe80::1', ['fe80::1']],
    ['backup.example.com', ['198.51.100.1', '192.0.2.7']],
  ])('as %s, at %j', (host, addresses) => {
    expect(whyOwnHost(host, addresses, self)).toContain(host)
  })
})

describe('a host is not this machine', () => {
  test.each([
    ['backup.example.com', ['198.51.100.1', '2001:db8::8']],
    ['pam-1.example.org', ['198.51.100.1']],
    ['pam-10', ['198.51.100.1']],
    ['notlocalhost', []],
    ['localhost.example.com', ['198.51.100.1']],
    ['128.0.0.1', ['128.0.0.1']],
    ['192.0.2.70', ['192.0.2.70']],
    ['gone.example.com', []],
  ])('as %s, at %j', (host, addresses) => {
    expect(whyOwnHost(host, addresses, self)).toBeUndefined()
  })
})

test('only what means whoever asks is the loopback', () => {
  expect(isLoopback('localhost', [])).toBe(true)
  expect(isLoopback('::ffff:127.0.0.1', ['::ffff:127.0.0.1'])).toBe(true)
  expect(isLoopback('192.0.2.7', ['192.0.2.7'])).toBe(false)
})
