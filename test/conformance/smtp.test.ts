import { describe } from 'vitest'
import { Secret } from '../../src/core/secret.ts'
import { smtpChannel } from '../../src/notifiers/smtp/smtp-channel.ts'
import type { SmtpSpec } from '../../src/ports/channel.ts'
import type { Channel } from '../../src/ports/notice.ts'
import { eximMissing, startExim } from '../support/exim.ts'
import { readMails } from '../support/read-mails.ts'
import { type ChannelWorld, testChannel } from './channel.ts'

describe.skipIf(eximMissing())('a channel to Exim', () => {
  testChannel('by STARTTLS', () => world('starttls'))
  testChannel('by TLS', () => world('tls'))
})

async function world(security: SmtpSpec['security']): Promise<ChannelWorld> {
  const exim = await startExim()
  const login = { user: exim.login.user, password: new Secret(exim.login.password) }
  const to = (port: number, patienceMs: number): Channel =>
    smtpChannel(
      {
        kind: 'smtp',
        host: '127.0.0.1',
        security,
        from: 'redoma@pam.example.com',
        to: ['soc@example.com', 'ana@example.com'],
        port,
      },
      { login, ca: exim.authority.ca, patienceMs },
    )
  return {
    channel: to(security === 'tls' ? exim.ports.smtps : exim.ports.smtp, 20_000),
    arrived: async (count) =>
      readMails(await exim.mails(count)).map(({ headers, text }) => `${headers['subject']?.[0]}\n${text}`),
    to,
    [Symbol.asyncDispose]: () => exim[Symbol.asyncDispose](),
  }
}
