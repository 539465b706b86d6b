import type { ChannelRecord } from '../../ports/channel.ts'

/** What `--json` says of a channel. No secret is in it. */
export function channelJson(record: ChannelRecord): object {
  const { id, name, spec, credential, leastSeverity, quietHours, digestMinutes, createdAt } = record
  const rules = { leastSeverity, quietHours, digestMinutes }
  return { id, name, ...spec, credential, ...rules, createdAt: createdAt.toISOString() }
}

/** When it is told: in words for a table. */
export function rulesWords({ leastSeverity, quietHours, digestMinutes }: ChannelRecord): string {
  const what =
    leastSeverity === 'info'
      ? 'everything'
      : `${leastSeverity}${leastSeverity === 'critical' ? '' : ' and worse'}`
  const quiet = quietHours === undefined ? [] : [`quiet ${quietHours.from} to ${quietHours.to}`]
  const digest = digestMinutes === 0 ? [] : [`together every ${digestMinutes} min`]
  return [what, ...quiet, ...digest].join(', ')
}
