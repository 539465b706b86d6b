import type { ChannelRecord } from '../../ports/channel.ts'
import type { Channel, Notice } from '../../ports/notice.ts'
import { type AuditedDeps, audit } from '../audited.ts'

export interface TestChannelDeps extends AuditedDeps {
  /** Of this machine, as it is told. */
  readonly host: string
  makeChannel(record: ChannelRecord): Promise<Channel>
}

/**
 * Tells a test straight over the channel: past its rules, and past what waits for it.
 *
 * @returns what the other side answered
 * @throws RedomaError `NOTICE_FAILED`, `NOTICE_REFUSED`; the signal's reason
 */
export type TestChannel = (record: ChannelRecord, signal: AbortSignal) => Promise<string>

export function makeTestChannel(deps: TestChannelDeps): TestChannel {
  return async (record, signal) => {
    const channel = await deps.makeChannel(record)
    await audit(deps, 'channel.test', record.name)
    return channel.deliver(testNotice(deps, record), signal)
  }
}

function testNotice({ catalogue, clock, host, actor }: TestChannelDeps, { name }: ChannelRecord): Notice {
  const { id, name: instance } = catalogue.instance
  const now = clock.now()
  return {
    // It comes from no queue, and is no other test.
    id: Math.floor(now.getTime() / 1000),
    event: 'test',
    severity: 'info',
    at: now,
    instance: { id, name: instance, host },
    subject: name,
    title: 'This is a test',
    text: `${actor} asked whether notices arrive over the channel ${name}. This one has.`,
    fields: { channel: name, by: actor },
  }
}
