import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { SMTPServer, type SMTPServerOptions } from 'smtp-server'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Secret } from '../../src/core/secret.ts'
import { type SmtpDeps, smtpChannel } from '../../src/notifiers/smtp/smtp-channel.ts'
import type { SmtpSpec } from '../../src/ports/channel.ts'
import type { Channel, Notice } from '../../src/ports/notice.ts'
import { type Authority, privateAuthority } from '../support/certificates.ts'
import { type Exim, eximMissing, startExim } from '../support/exim.ts'
import { found, hostile, lost, noticeOf } from '../support/notices.ts'
import { type ReadMail, readMails } from '../support/read-mails.ts'
import { rogueServer } from '../support/rogue-server.ts'

const { signal } = new AbortController()
const mail = {
  kind: 'smtp',
  host: '127.0.0.1',
  security: 'starttls',
  from: 'redoma@pam.example.com',
} as const

describe.skipIf(eximMissing())('what Exim delivers, and Python reads', () => {
  let exim: Exim
  let before = 0
  beforeAll(async () => {
    exim = await startExim()
  }, 60_000)
  afterAll(() => exim[Symbol.asyncDispose]())

  function channel(but: Partial<SmtpSpec> = {}, deps: Partial<SmtpDeps> = {}): Channel {
    const { user, password } = exim.login
    const own = { login: { user, password: new Secret(password) }, ca: exim.authority.ca, patienceMs: 10_000 }
    return smtpChannel(
      { ...mail, port: exim.ports.smtp, to: ['soc@example.com'], ...but },
      { ...own, ...deps },
    )
  }

  async function read(notice: Notice, but: Partial<SmtpSpec> = {}): Promise<ReadMail> {
    await channel(but).deliver(notice, signal)
    const all = readMails(await exim.mails(before + 1))
    before = all.length
    const last = all.at(-1)
    if (last === undefined) throw new Error('nothing arrived')
    return last
  }

  test('one incident is one conversation: each later mail is an answer to the first, under its subject', async () => {
    const opened = await read(lost)
    const reminded = await read({ ...lost, id: 43, incident: { ...incidentOf(lost), phase: 'reminder' } })
    const closed = await read(found)

    const [first] = opened.headers['message-id'] ?? []
    expect(opened.headers).not.toHaveProperty('in-reply-to')
    for (const { headers } of [reminded, closed]) {
      expect(headers).toMatchObject({ 'in-reply-to': [first], references: [first] })
      expect(headers['subject']).toEqual([`Re: ${String(opened.headers['subject'])}`])
    }
    expect(opened.headers['subject']).toEqual(['[bastion] Destination lost: nas'])
    const ids = [opened, reminded, closed].map(({ headers }) => String(headers['message-id']))
    expect(new Set(ids).size).toBe(3)
    expect(await read(lost)).toMatchObject({ headers: { 'message-id': [first] } })
  })

  test('says the same as text and as HTML, which fetches nothing', async () => {
    const { kinds, text, html, headers, defects } = await read(lost)

    expect(kinds).toEqual(['multipart/alternative', 'text/plain', 'text/html'])
    expect(text.split('\n').slice(0, 4)).toEqual([
      'Critical: Destination nas is lost',
      '',
      'It cannot be reached since 08:10: no route to host.',
      'What to do: See that the server is up: redoma destination probe nas',
    ])
    expect(html).toContain('no route to host')
    expect(html).not.toMatch(/src=|href=|url\(|<script/)
    expect(headers).toMatchObject({
      from: ['Redoma bastion <redoma@pam.example.com>'],
      to: ['soc@example.com'],
      'auto-submitted': ['auto-generated'],
      importance: ['high'],
      'x-redoma-event': ['101 destination-lost'],
    })
    expect(defects).toEqual([])
  })

  test('has the headers that it would have anyway, whatever stands in the words', async () => {
    const plain = await read(lost)
    const { headers, text, html, defects } = await read(noticeOf(hostile))

    expect(Object.keys(headers)).toEqual(Object.keys(plain.headers))
    expect(headers['to']).toEqual(['soc@example.com'])
    expect(String(headers['subject'])).toContain('forged')
    expect(text).toContain('Bcc: evil@example.com')
    expect(html).not.toContain('<b>')
    expect(defects).toEqual([])
  })

  test('goes to several in one mail', async () => {
    const { headers } = await read(lost, { to: ['soc@example.com', 'ana@example.com'] })

    expect(headers['to']).toEqual(['soc@example.com, ana@example.com'])
  })

  test('goes to those who are there, and of the others it is said', async () => {
    const answer = await channel({ to: ['soc@example.com', 'nobody@example.com'] }).deliver(lost, signal)
    before = (await exim.mails(before + 1)).length

    expect(answer).toMatch(/^250 OK id=.*; not for nobody@example\.com$/)
  })

  test.each([
    ['nobody@example.com', 'NOTICE_REFUSED', 'no such user'],
    ['later@example.com', 'NOTICE_FAILED', 'come back later'],
  ])('is for %s a failure of its own kind', async (to, code, words) => {
    await expect(channel({ to: [to] }).deliver(lost, signal)).rejects.toMatchObject({
      code,
      message: expect.stringContaining(words) as string,
    })
  })

  test('waits with a wrong password, which no message has', async () => {
    const login = { user: 'redoma', password: new Secret('wrong-password') }

    await expect(channel({}, { login }).deliver(lost, signal)).rejects.toMatchObject({
      // It waits until somebody puts the password right.
      code: 'NOTICE_FAILED',
      message: expect.stringMatching(/log in \(535\)$/) as string,
    })
  })

  test('is not sent where nobody vouches for the server', async () => {
    await expect(channel({}, { ca: undefined }).deliver(lost, signal)).rejects.toMatchObject({
      code: 'NOTICE_FAILED',
      hint: expect.stringContaining('--ca') as string,
    })
  })
})

describe('a mail server that fails', () => {
  let authority: Authority
  beforeAll(async () => {
    authority = await privateAuthority()
  })
  const login = { user: 'redoma', password: new Secret('the-password') }

  async function withServer(
    options: SMTPServerOptions,
    but: Partial<SmtpSpec> = {},
  ): Promise<{ channel: Channel } & AsyncDisposable> {
    const server = new SMTPServer({ ...authority.server, authOptional: true, logger: false, ...options })
    server.on('error', () => undefined)
    server.listen(0, '127.0.0.1')
    await once(server.server, 'listening')
    const { port } = server.server.address() as AddressInfo
    const channel = smtpChannel(
      { ...mail, port, to: ['soc@example.com'], ...but },
      { login, ca: authority.ca, patienceMs: 1000 },
    )
    return {
      channel,
      [Symbol.asyncDispose]: () =>
        new Promise((done) => {
          server.close(() => {
            done()
          })
        }),
    }
  }

  test('by having no STARTTLS gets no password and no mail', async () => {
    let heard = ''
    await using server = await rogueServer((socket) => {
      socket.write('220 here\r\n')
      socket.on('data', (bytes: Buffer) => {
        heard += bytes.toString()
        socket.write(heard.includes('EHLO') ? '250-here\r\n250 AUTH PLAIN\r\n' : '250 ok\r\n')
      })
    })
    const channel = smtpChannel(
      { ...mail, port: server.port, to: ['soc@example.com'] },
      { login, patienceMs: 1000 },
    )

    await expect(channel.deliver(lost, signal)).rejects.toMatchObject({ code: 'NOTICE_FAILED' })
    expect(heard).not.toMatch(/AUTH|MAIL FROM|the-password/)
  })

  test('by saying the password again, is not quoted', async () => {
    await using server = await withServer({
      onAuth: ({ password }, _, answer) => {
        answer(new Error(`no ${password ?? ''} ${Buffer.from(password ?? '').toString('base64')}`))
      },
    })

    const error: unknown = await server.channel.deliver(lost, signal).catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ code: 'NOTICE_FAILED' })
    expect(JSON.stringify(error) + String(error)).not.toContain('the-password')
  })

  test('after it has all of the mail, without a word, is given up', async () => {
    await using server = await withServer({
      onAuth: (_, __, answer) => {
        answer(null, { user: 'redoma' })
      },
      onData: (stream) => {
        stream.resume()
      },
    })

    await expect(server.channel.deliver(lost, signal)).rejects.toMatchObject({ code: 'NOTICE_FAILED' })
  })

  test('with a full disk is tried again later', async () => {
    await using server = await withServer({
      onAuth: (_, __, answer) => {
        answer(null, { user: 'redoma' })
      },
      onData: (stream, _, answer) => {
        stream.resume().on('end', () => {
          answer(Object.assign(new Error('4.3.1 disk full\r\n250 OK'), { responseCode: 452 }))
        })
      },
    })

    await expect(server.channel.deliver(lost, signal)).rejects.toMatchObject({
      code: 'NOTICE_FAILED',
      message: expect.stringContaining('disk full') as string,
    })
  })
})

function incidentOf({ incident }: Notice): NonNullable<Notice['incident']> {
  if (incident === undefined) throw new Error('it is of no incident')
  return incident
}
