import { z } from '@hono/zod-openapi'
import { type ChannelRecord, type ChannelSettings, settingsOf } from '../../ports/channel.ts'
import { channelRules, channelSpec } from '../../ports/channel-settings.ts'
import { severities } from '../../ports/events.ts'
import { entryName } from '../../ports/specs.ts'
import { time } from './paging.ts'

const { credential, quietHours } = channelRules.shape

const settings = {
  spec: channelSpec,
  credential: credential.openapi({
    description: 'Id of the one whose secret it needs, which is never answered.',
  }),
  leastSeverity: z.enum(severities),
  quietHours,
  digestMinutes: z.int().min(0).max(1440),
}

export const channel = z
  .object({
    ...{ id: z.uuid(), name: z.string(), ...settings, createdAt: time },
    waiting: z
      .object({ count: z.int().nonnegative(), since: time.optional() })
      .openapi({ description: 'Notices that it has not taken yet.' }),
  })
  .openapi('Channel')

export const newChannel = z
  .strictObject({
    ...{ name: entryName, ...settings },
    leastSeverity: settings.leastSeverity.default('warning'),
    digestMinutes: settings.digestMinutes.default(0),
  })
  .openapi('NewChannel')

/** What is named is changed as a whole, `null` takes it away, and the rest stays. */
export const channelChange = z
  .strictObject({
    spec: settings.spec.optional(),
    credential: credential.nullable(),
    leastSeverity: settings.leastSeverity.optional(),
    quietHours: quietHours.nullable(),
    digestMinutes: settings.digestMinutes.optional(),
  })
  .openapi('ChannelChange')

/** What people said of it, by which its ETag is told. */
export function channelFacts(record: ChannelRecord): Omit<z.output<typeof channel>, 'waiting'> {
  const { id, name, createdAt } = record
  const { spec, ...rules } = settingsOf(record)
  return {
    ...{ id, name, createdAt: createdAt.toISOString() },
    spec: spec as z.output<typeof channelSpec>,
    ...rules,
  }
}

export function channelJson(
  record: ChannelRecord,
  { count, since }: { readonly count: number; readonly since?: Date | undefined },
): z.output<typeof channel> {
  return { ...channelFacts(record), waiting: { count, since: since?.toISOString() } }
}

/** What becomes of it by a change. */
export function withChange(
  before: ChannelRecord,
  { credential: id, quietHours: hours, ...rest }: z.output<typeof channelChange>,
): ChannelSettings {
  const { spec, leastSeverity, digestMinutes } = rest
  return {
    spec: spec ?? before.spec,
    credential: id === undefined ? before.credential : (id ?? undefined),
    leastSeverity: leastSeverity ?? before.leastSeverity,
    quietHours: hours === undefined ? before.quietHours : (hours ?? undefined),
    digestMinutes: digestMinutes ?? before.digestMinutes,
  }
}
