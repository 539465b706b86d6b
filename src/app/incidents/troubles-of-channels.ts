import type { ChannelRecord } from '../../ports/channel.ts'
import { events } from '../../ports/events.ts'
import type { ChannelFailure, Trouble } from '../../ports/incident.ts'

/** A server may be restarted, and a mail relay that greylists takes a message after half an hour. */
const toleratedMs = 60 * 60_000

/**
 * Channels that have not taken anything for long: people are told over the others. By the time of the last try, and not by now: that the daemon
 * was down is nobody else's fault.
 */
export function troublesOfChannels(
  channels: readonly Pick<ChannelRecord, 'id' | 'name'>[],
  failures: readonly ChannelFailure[],
): readonly Trouble[] {
  return channels.flatMap(({ id, name }) => {
    const failure = failures.find(({ channelId }) => channelId === id)
    if (failure === undefined) return []
    const lastsMs = failure.at.getTime() - failure.since.getTime()
    if (lastsMs < toleratedMs) return []
    return [
      {
        kind: 'channel-failing',
        key: id,
        subject: name,
        severity: events['channel-failing'].severity,
        title: `Nobody is told anything over ${name}`,
        text: `The channel ${name} has taken nothing for over an hour, and what it should tell waits. It was tried last at ${failure.at.toISOString()}: ${failure.why}.`,
        hint: `See what is wrong: redoma alert test '${name}'; it is tried again by itself every few minutes`,
        fields: { channel: name, since: failure.since.toISOString() },
      },
    ]
  })
}
