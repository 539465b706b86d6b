import { createHmac } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { handTurnedClock } from '../../../test/support/clock.ts'
import { type HookServer, hookServer, type Posted } from '../../../test/support/hook-server.ts'
import { found, hostile, lost, noticeOf } from '../../../test/support/notices.ts'
import { Secret } from '../../core/secret.ts'
import type { WebhookPreset } from '../../ports/channel.ts'
import type { Channel, Notice } from '../../ports/notice.ts'
import { webhookChannel } from './webhook-channel.ts'

const clock = handTurnedClock()
const { signal } = new AbortController()

describe('a webhook', () => {
  test('is signed: the signature is of its time and its body', async () => {
    await using server = await hookServer()
    await channel(server, 'json', '/hook', 'key').deliver(lost, signal)

    const { path, headers, body } = await first(server)
    const time = headers['redoma-timestamp']
    const expected = createHmac('sha256', 'key')
      .update(`${String(time)}.${body}`)
      .digest('hex')
    expect(path).toBe('/hook')
    expect(Number(time)).toBe(Math.floor(clock.now().getTime() / 1000))
    expect(headers['redoma-signature']).toBe(`v1=${expected}`)
    expect(JSON.parse(body)).toMatchObject({ schema: 'redoma-notice/1', eventId: 101, fields: lost.fields })
  })

  test.each([
    ['T0/B0/x-y', '/services/T0/B0/x-y'],
    ['a b', '/services/a%20b'],
    ['1?api=2&sig=3%2B', '/services/1?api=2&sig=3%2B'],
  ])('has the credential where its address says so: %s', async (secret, path) => {
    await using server = await hookServer()
    await channel(server, 'slack', '/services/{secret}', secret).deliver(lost, signal)

    const posted = await first(server)
    expect(posted.path).toBe(path)
    expect(posted.headers).not.toHaveProperty('redoma-signature')
  })

  test('for ntfy is published below no topic but its own, with the token, as urgent as it is', async () => {
    await using server = await hookServer()
    await channel(server, 'ntfy', '/base/backups', 'tk_1').deliver(lost, signal)

    const { path, headers, body } = await first(server)
    expect([path, headers.authorization]).toEqual(['/base/', 'Bearer tk_1'])
    expect(JSON.parse(body)).toMatchObject({
      topic: 'backups',
      priority: 5,
      title: `Critical: ${lost.title}`,
    })
  })

  test('as a heartbeat tells what is wrong as a failure, notes the rest, and says that all is well only when asked to', async () => {
    await using server = await hookServer()
    const heart = channel(server, 'heartbeat', '/ping/{secret}', 'uuid')
    for (const notice of [lost, found, { ...lost, severity: 'warning' as const }])
      await heart.deliver(notice, signal)
    await heart.beat?.(true, signal)
    await heart.beat?.(false, signal)

    const paths = (await server.posted(5)).map(({ path }) => path)
    expect(paths).toEqual([
      '/ping/uuid/fail',
      '/ping/uuid/log',
      '/ping/uuid/log',
      '/ping/uuid',
      '/ping/uuid/fail',
    ])
  })

  test('to Slack has other people’s words as plain text, without a mention, a link or a picture', async () => {
    const words = '<!channel> @all <https://evil.example|x> ![p](https://evil.example/p) *b*'
    const { text, blocks } = (await payload('slack', noticeOf(words))) as SlackPayload

    expect(text).not.toMatch(/[<>]|@[a-z]|\]\(/)
    const kinds = blocks.flatMap((block) => [
      block.text?.type,
      ...(block.elements ?? []).map(({ type }) => type),
    ])
    expect(new Set(kinds)).toEqual(new Set(['plain_text', undefined]))
  })

  test('to Teams is a card of nothing but runs of text', async () => {
    const { attachments } = (await payload('teams', noticeOf(hostile))) as TeamsPayload

    const blocks = attachments[0]?.content.body ?? []
    expect(new Set(blocks.map(({ type }) => type))).toEqual(new Set(['RichTextBlock']))
    expect(new Set(blocks.flatMap(({ inlines }) => inlines.map(({ type }) => type)))).toEqual(
      new Set(['TextRun']),
    )
  })

  test.each(['slack', 'teams', 'ntfy'] as const)(
    'to %s is within its limits, whatever there is to tell',
    async (preset) => {
      await using server = await hookServer()
      const many = Array.from({ length: 500 }, () => noticeOf('word '.repeat(10_000)))
      await channel(server, preset, '/a/{secret}', 'x').deliverDigest?.(many, signal)

      const { body } = await first(server)
      expect(body).toMatch(/And 485 more|500 notices/)
      expect(Buffer.byteLength(body)).toBeLessThan({ slack: 40_000, teams: 28_000, ntfy: 4600 }[preset])
      if (preset === 'slack') expect((JSON.parse(body) as SlackPayload).blocks.length).toBeLessThanOrEqual(50)
    },
  )

  test.each([
    [500, 'NOTICE_FAILED'],
    [429, 'NOTICE_FAILED'],
    [401, 'NOTICE_FAILED'],
    [404, 'NOTICE_FAILED'],
    [400, 'NOTICE_REFUSED'],
    [413, 'NOTICE_REFUSED'],
    [302, 'NOTICE_FAILED'],
  ])('that is answered with %i is %s, in words that have no secret', async (status, code) => {
    await using server = await hookServer()
    server.answer = {
      status,
      text: 'no /x/q%20z now\r\nhere: q z',
      headers: { location: 'http://127.0.0.1:1/' },
    }
    const telling = channel(server, 'slack', '/x/{secret}', 'q z').deliver(lost, signal)

    await expect(telling).rejects.toMatchObject({
      code,
      message: expect.not.stringMatching(/q%20z|q z|\r|\n/) as string,
    })
    expect(await server.posted(1)).toHaveLength(1)
  })

  test('whose token cannot be in a header is not sent at all', async () => {
    await using server = await hookServer()
    const telling = channel(server, 'ntfy', '/t', 'a\r\nX: y').deliver(lost, signal)

    await expect(telling).rejects.toMatchObject({ code: 'NOTICE_FAILED' })
  })
})

function channel(server: HookServer, preset: WebhookPreset, path: string, secret: string): Channel {
  const url = `http://127.0.0.1:${server.port}${path}`
  return webhookChannel(
    { kind: 'webhook', url, preset },
    { version: '0.1.0', clock, secret: new Secret(secret) },
  )
}

async function first(server: HookServer): Promise<Posted> {
  const [posted] = await server.posted(1)
  if (posted === undefined) throw new Error('nothing was posted')
  return posted
}

async function payload(preset: WebhookPreset, notice: Notice): Promise<unknown> {
  await using server = await hookServer()
  await channel(server, preset, '/a/{secret}', 'x').deliver(notice, signal)
  return JSON.parse((await first(server)).body)
}

interface SlackPayload {
  readonly text: string
  readonly blocks: readonly {
    readonly text?: { readonly type: string }
    readonly elements?: readonly { readonly type: string }[]
  }[]
}

interface TeamsPayload {
  readonly attachments: readonly {
    readonly content: {
      readonly body: readonly {
        readonly type: string
        readonly inlines: readonly { readonly type: string }[]
      }[]
    }
  }[]
}
