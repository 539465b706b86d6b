import { z } from 'zod'
import type { ChannelRecord } from '../ports/channel.ts'
import { channelSpec, quietHours } from '../ports/channel-settings.ts'
import { severities } from '../ports/events.ts'
import type { ExchangingStore } from '../ports/named-store.ts'
import { addOnce, found, requireSame, touched } from './entries.ts'
import { column, parseRow } from './rows.ts'
import type { Database } from './tables.ts'
import { transact } from './transact.ts'

export function channelStore(db: Database): ExchangingStore<ChannelRecord> {
  return {
    async list() {
      const rows = await db.selectFrom('channel').selectAll().orderBy('name').execute()
      return rows.map(channelOf)
    },
    async get(name) {
      const row = await db.selectFrom('channel').selectAll().where('name', '=', name).executeTakeFirst()
      return channelOf(found(row, 'channel', name))
    },
    async add(channel) {
      await addOnce('channel', channel.name, db.insertInto('channel').values(rowOf(channel)))
    },
    async replace(channel) {
      const update = db.updateTable('channel').set(rowOf(channel)).where('id', '=', channel.id)
      await addOnce('channel', channel.name, {
        execute: async () => {
          touched((await update.executeTakeFirst()).numUpdatedRows, 'channel', channel.name)
        },
      })
    },
    exchange: (before, after) =>
      transact(db, async (transaction) => {
        const row = await transaction
          .selectFrom('channel')
          .selectAll()
          .where('id', '=', before.id)
          .executeTakeFirst()
        requireSame(channelOf(found(row, 'channel', before.name)), before, 'channel', before.name)
        await transaction.updateTable('channel').set(rowOf(after)).where('id', '=', before.id).execute()
      }),
    async remove(name) {
      const deletion = db.deleteFrom('channel').where('name', '=', name)
      touched((await deletion.executeTakeFirst()).numDeletedRows, 'channel', name)
    },
  }
}

const channelRow = z.object({
  id: z.uuid(),
  name: z.string(),
  spec: column.json(channelSpec),
  credential_id: column.optional(z.uuid()),
  least_severity: z.enum(severities),
  quiet_hours: column.optional(column.json(quietHours)),
  digest_minutes: column.count,
  created_at: column.time,
})

function channelOf(row: unknown): ChannelRecord {
  const { id, name, spec, ...rest } = parseRow(channelRow, row)
  return {
    id,
    name,
    spec,
    credential: rest.credential_id,
    leastSeverity: rest.least_severity,
    quietHours: rest.quiet_hours,
    digestMinutes: rest.digest_minutes,
    createdAt: rest.created_at,
  }
}

function rowOf(channel: ChannelRecord) {
  const { id, name, spec, quietHours: hours } = channel
  return {
    id,
    name,
    spec: JSON.stringify(spec),
    credential_id: channel.credential ?? null,
    least_severity: channel.leastSeverity,
    quiet_hours: hours === undefined ? null : JSON.stringify(hours),
    digest_minutes: channel.digestMinutes,
    created_at: channel.createdAt.toISOString(),
  }
}
