import type { Channel, Notice } from '../../ports/notice.ts'

/**
 * Tells one message: a notice, or several together.
 *
 * @returns what was answered
 * @throws RedomaError `NOTICE_FAILED`, `NOTICE_REFUSED`; the signal's reason
 */
export async function tell(
  channel: Channel,
  notices: readonly [Notice, ...Notice[]],
  signal: AbortSignal,
): Promise<string> {
  const [first, ...others] = notices
  if (others.length > 0 && channel.deliverDigest !== undefined) return channel.deliverDigest(notices, signal)
  let answer = await channel.deliver(first, signal)
  for (const other of others) answer = await channel.deliver(other, signal)
  return answer
}
