import { describe } from 'vitest'
import { Secret } from '../../src/core/secret.ts'
import { webhookChannel } from '../../src/notifiers/webhook/webhook-channel.ts'
import type { WebhookSpec } from '../../src/ports/channel.ts'
import type { Channel } from '../../src/ports/notice.ts'
import { privateAuthority } from '../support/certificates.ts'
import { handTurnedClock } from '../support/clock.ts'
import { hookServer } from '../support/hook-server.ts'
import { type ChannelWorld, testChannel } from './channel.ts'

describe('a channel to a web server', () => {
  for (const preset of ['json', 'slack', 'teams', 'ntfy', 'heartbeat'] as const)
    testChannel(`for ${preset}`, () => world(preset))
})

async function world(preset: WebhookSpec['preset']): Promise<ChannelWorld> {
  const { ca, server: certificate } = await privateAuthority()
  const server = await hookServer(certificate)
  const to = (port: number, patienceMs: number): Channel =>
    webhookChannel(
      { kind: 'webhook', url: `https://127.0.0.1:${port}/a/b`, preset },
      { version: '0.1.0', clock: handTurnedClock(), secret: new Secret('token'), ca, patienceMs },
    )
  return {
    channel: to(server.port, 20_000),
    arrived: async (count) => (await server.posted(count)).map(({ body }) => body),
    to,
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  }
}
