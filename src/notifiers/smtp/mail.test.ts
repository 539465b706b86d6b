import { fc, test } from '@fast-check/vitest'
import MailComposer from 'nodemailer/lib/mail-composer'
import { describe, expect } from 'vitest'
import { anyNotice } from '../../../test/support/any-notice.ts'
import type { SmtpSpec } from '../../ports/channel.ts'
import { plainNotice } from '../plain-words.ts'
import { digestMail, type Mail, mailOf } from './mail.ts'

const spec: SmtpSpec = {
  kind: 'smtp',
  host: 'mail',
  port: 465,
  security: 'tls',
  from: 'redoma@pam.example.com',
  to: ['soc@example.com'],
}

const known = [
  ...['auto-submitted', 'x-auto-response-suppress', 'importance', 'x-priority'],
  ...['x-redoma-event', 'x-redoma-severity', 'x-redoma-state', 'subject', 'message-id', 'in-reply-to'],
  ...['references', 'date', 'mime-version', 'content-type', 'from', 'to'],
]

describe('a mail', () => {
  test.prop([anyNotice])(
    'has its own headers and two parts, whatever stands in its words',
    async (notice) => {
      const bytes = await built(mailOf(spec, plainNotice(notice, 4000)))

      expectWhole(bytes)
    },
  )

  test.prop([fc.array(anyNotice, { minLength: 2, maxLength: 5 })])(
    'of several is no other',
    async (notices) => {
      const bytes = await built(
        digestMail(
          spec,
          notices.map((notice) => plainNotice(notice, 1000)),
        ),
      )

      expectWhole(bytes)
    },
  )

  test.prop([anyNotice])('has HTML whose words are text, and which fetches nothing', (notice) => {
    const { html } = mailOf(spec, plainNotice(notice, 4000))

    const tags = new Set([...html.matchAll(/<\/?([^\s>]*)/g)].map(([, tag]) => tag))
    const own = ['!doctype', 'html', 'head', 'meta', 'body', 'div', 'p', 'table', 'tr', 'td']
    expect([...tags].filter((tag) => !own.includes(tag ?? ''))).toEqual([])
    expect(html.replaceAll(/style="[^"]*"|&#\d+;/g, '')).not.toMatch(/src=|href=/)
  })
})

function built({ inReplyTo, ...mail }: Mail): Promise<Buffer> {
  const answer = inReplyTo === undefined ? {} : { inReplyTo, references: inReplyTo }
  const from = { name: 'Redoma', address: spec.from }
  return new MailComposer({ ...mail, ...answer, from, to: [...spec.to] }).compile().build()
}

function expectWhole(bytes: Buffer): void {
  const text = bytes.toString('latin1')
  const [head = ''] = text.split('\r\n\r\n')
  const names = head
    .replaceAll(/\r\n[ \t]+/g, ' ')
    .split('\r\n')
    .map((line) => line.slice(0, line.indexOf(':')).toLowerCase())
  expect(names.filter((name) => !known.includes(name))).toEqual([])
  expect(names).toHaveLength(new Set(names).size)
  expect(head.replaceAll('\r\n', '')).not.toMatch(/[\r\n]/)
  expect(text.replaceAll('\r\n', '')).not.toContain('\r')
  expect(text.match(/^Content-Type: /gm)).toHaveLength(3)
  for (const line of head.split('\r\n')) expect(line.length).toBeLessThan(998)
}
