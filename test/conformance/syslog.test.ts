import { describe, expect, test } from 'vitest'
import { Secret } from '../../src/core/secret.ts'
import { syslogChannel } from '../../src/notifiers/syslog/syslog-channel.ts'
import type { SyslogSpec } from '../../src/ports/channel.ts'
import { lost } from '../support/notices.ts'
import { rsyslogMissing, startRsyslog } from '../support/rsyslog.ts'
import { freePort } from '../support/ssh-server.ts'
import { type ChannelWorld, testChannel } from './channel.ts'

test('a datagram that the host of a receiver refuses is not called sent', async () => {
  const port = await freePort('127.0.0.1')
  const spec = {
    kind: 'syslog',
    transport: 'udp',
    host: 'localhost',
    port,
    format: 'cef',
    facility: 'daemon',
  } as const

  const telling = syslogChannel(spec, { version: '0.1.0', tls: {} }).deliver(
    lost,
    new AbortController().signal,
  )
  await expect(telling).rejects.toMatchObject({
    code: 'NOTICE_FAILED',
    message: expect.stringContaining('ECONNREFUSED') as string,
  })
})

describe.skipIf(rsyslogMissing())('a channel to rsyslog', () => {
  testChannel('by UDP', () => world({ transport: 'udp' }), { answers: false })
  testChannel('by TCP', () => world({ transport: 'tcp', format: 'cef' }))
  testChannel('by TLS', () => world({ transport: 'tls', format: 'json' }))
  testChannel('by TLS with a client certificate', () => world({ transport: 'tls', format: 'leef' }, true))
})

async function world(but: Partial<SyslogSpec>, isMutual = false): Promise<ChannelWorld> {
  const server = await startRsyslog()
  const { ca, client } = server.authority
  const tls = isMutual ? { ca, certificate: client.cert, key: new Secret(client.key) } : { ca }
  const to = (port: number, patienceMs: number): ReturnType<typeof syslogChannel> =>
    syslogChannel(
      {
        kind: 'syslog',
        transport: 'tls',
        host: '127.0.0.1',
        format: 'structured',
        facility: 'daemon',
        ...but,
        port,
      },
      { version: '0.1.0', tls, patienceMs },
    )
  const { udp, mutual, tls: open } = server.ports
  return {
    channel: to(but.transport === 'tls' ? (isMutual ? mutual : open) : udp, 20_000),
    arrived: async (count) =>
      (await server.arrived(count)).map(({ rawmsg }) => rawmsg.replaceAll(/\\([\\"=\]])/g, '$1')),
    to,
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  }
}
