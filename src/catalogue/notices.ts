import { z } from 'zod'
import { type EventName, events, severities } from '../ports/events.ts'
import type { NoticeQueue, QueuedNotice } from '../ports/incident.ts'
import { forgetCertificates } from './certificates.ts'
import { column, parseRow } from './rows.ts'
import type { Database } from './tables.ts'
import { transact } from './transact.ts'

export function noticeQueue(db: Database): NoticeQueue {
  const unsettled = (channelId: string) => unsettledIn(db).where('notice_channel.channel_id', '=', channelId)
  return {
    add: (event, notice) => addNotice(db, { event, ...notice }),
    async begin(channelId) {
      await transact(db, async (transaction) => {
        const newest = await transaction
          .selectFrom('notice')
          .select('id')
          .orderBy('id', 'desc')
          .limit(1)
          .executeTakeFirst()
        await transaction
          .insertInto('notice_channel')
          .values({ channel_id: channelId, after_notice: newest?.id ?? 0 })
          .onConflict((conflict) => conflict.column('channel_id').doNothing())
          .execute()
      })
    },
    async pending(channelId, limit) {
      const rows = await unsettled(channelId).selectAll('notice').orderBy('notice.id').limit(limit).execute()
      return rows.map(noticeOf)
    },
    async settle(channelId, ids, outcome, at) {
      if (ids.length === 0) return
      if (outcome.kind !== 'passed-over') await forgetFailure(db, channelId)
      const settled = {
        channel_id: channelId,
        outcome: outcome.kind,
        why: outcome.kind === 'refused' ? outcome.why : null,
        at: at.toISOString(),
      }
      await db
        .insertInto('notice_outcome')
        .values(ids.map((id) => ({ notice_id: id, ...settled })))
        .onConflict((conflict) => conflict.columns(['channel_id', 'notice_id']).doNothing())
        .execute()
    },
    async failed(channelId, why, at) {
      const time = at.toISOString()
      await db
        .insertInto('channel_failure')
        .values({ channel_id: channelId, since: time, at: time, why })
        .onConflict((conflict) => conflict.column('channel_id').doUpdateSet({ at: time, why }))
        .execute()
    },
    async failing() {
      const rows = await db.selectFrom('channel_failure').selectAll().orderBy('channel_id').execute()
      return rows.map((row) => {
        const { channel_id: channelId, ...rest } = parseRow(failureRow, row)
        return { channelId, ...rest }
      })
    },
    async waiting(channelId) {
      const row = await unsettled(channelId)
        .select(({ fn }) => [fn.countAll<number>().as('count'), fn.min('notice.at').as('since')])
        .executeTakeFirstOrThrow()
      return parseRow(waitingRow, row)
    },
    async refused(channelId, limit) {
      const rows = await db
        .selectFrom('notice_outcome')
        .innerJoin('notice', 'notice.id', 'notice_outcome.notice_id')
        .select(['notice.id', 'event', 'severity', 'title', 'notice_outcome.at', 'why'])
        .where('channel_id', '=', channelId)
        .where('outcome', '=', 'refused')
        .orderBy('notice.id', 'desc')
        .limit(limit)
        .execute()
      return rows.map((row) => parseRow(refusedRow, row))
    },
    async end(channelId) {
      await transact(db, async (transaction) => {
        await transaction.deleteFrom('notice_channel').where('channel_id', '=', channelId).execute()
        await transaction.deleteFrom('notice_outcome').where('channel_id', '=', channelId).execute()
        await forgetFailure(transaction, channelId)
        await forgetCertificates(transaction, channelId)
      })
    },
    forget: (until) => forget(db, until),
  }
}

type NewNotice = Omit<QueuedNotice, 'id'>

export async function addNotice(db: Database, notice: NewNotice): Promise<number> {
  const { event, severity, at, subject, title, text, hint, fields, incident, person } = notice
  const { id } = await db
    .insertInto('notice')
    .values({
      event,
      severity,
      at: at.toISOString(),
      subject,
      title,
      body: text,
      hint: hint ?? null,
      fields: JSON.stringify(fields),
      person: person === undefined ? null : JSON.stringify(person),
      incident_id: incident?.id ?? null,
      phase: incident?.phase ?? null,
      opened_at: incident?.openedAt.toISOString() ?? null,
    })
    .returning('id')
    .executeTakeFirstOrThrow()
  return id
}

async function forgetFailure(db: Database, channelId: string): Promise<void> {
  await db.deleteFrom('channel_failure').where('channel_id', '=', channelId).execute()
}

/** A row for each notice and each channel that is to be told of it, and was not. */
function unsettledIn(db: Database) {
  return db
    .selectFrom('notice')
    .innerJoin('notice_channel', (join) => join.onRef('notice.id', '>', 'notice_channel.after_notice'))
    .leftJoin('notice_outcome', (join) =>
      join
        .onRef('notice_outcome.notice_id', '=', 'notice.id')
        .onRef('notice_outcome.channel_id', '=', 'notice_channel.channel_id'),
    )
    .where('notice_outcome.notice_id', 'is', null)
}

async function forget(db: Database, until: Date): Promise<void> {
  await transact(db, async (transaction) => {
    const waiting = unsettledIn(transaction).select('notice.id')
    await transaction
      .deleteFrom('notice')
      .where('at', '<', until.toISOString())
      .where('id', 'not in', waiting)
      .execute()
    const kept = transaction.selectFrom('notice').select('id')
    await transaction.deleteFrom('notice_outcome').where('notice_id', 'not in', kept).execute()
  })
}

/** Names are public and never removed. */
export const eventName = z.string().refine((name): name is EventName => Object.hasOwn(events, name))

export const noticeFields = column.json(z.record(z.string(), z.union([z.string(), z.number()])))

const waitingRow = z.object({ count: column.count, since: column.optional(column.time) })

const failureRow = z.object({ channel_id: z.string(), since: column.time, at: column.time, why: z.string() })

const refusedRow = z.object({
  id: z.int().positive(),
  event: eventName,
  severity: z.enum(severities),
  title: z.string(),
  at: column.time,
  why: z.string(),
})

const noticeRow = z.object({
  id: z.int().positive(),
  event: eventName,
  severity: z.enum(severities),
  at: column.time,
  subject: z.string(),
  title: z.string(),
  body: z.string(),
  hint: column.optional(z.string()),
  fields: noticeFields,
  person: column.optional(column.json(z.object({ channel: z.string(), mail: z.string() }))),
  incident_id: column.optional(z.int().positive()),
  phase: column.optional(z.enum(['opened', 'worsened', 'reminder', 'closed'])),
  opened_at: column.optional(column.time),
})

function noticeOf(row: unknown): QueuedNotice {
  const { body: text, incident_id: id, phase, opened_at: openedAt, ...rest } = parseRow(noticeRow, row)
  const isIncident = id !== undefined && phase !== undefined && openedAt !== undefined
  return { ...rest, text, incident: isIncident ? { id, phase, openedAt } : undefined }
}
