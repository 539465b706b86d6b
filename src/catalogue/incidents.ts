import { z } from 'zod'
import { RedomaError } from '../core/errors.ts'
import { isIncidentKind, severities } from '../ports/events.ts'
import type {
  Acknowledgement,
  Incident,
  IncidentFilter,
  IncidentStep,
  IncidentStore,
  Trouble,
} from '../ports/incident.ts'
import type { NoticePhase } from '../ports/notice.ts'
import { auditTrail } from './audit-trail.ts'
import { found } from './entries.ts'
import { addNotice, noticeFields } from './notices.ts'
import { pageOf } from './page-of.ts'
import { column, parseRow } from './rows.ts'
import type { SealedValues } from './sealed-values.ts'
import type { Database } from './tables.ts'
import { transact } from './transact.ts'

export function incidentStore(db: Database, sealed: Pick<SealedValues, 'auditMac'>): IncidentStore {
  return {
    seen: () => seenIn(db),
    async record(decide, at, seen) {
      return await transact(db, async (transaction) => {
        if (seen !== undefined && seen !== (await seenIn(transaction))) throw changed()
        const open = await openOnes(transaction)
        const steps = decide(open)
        for (const step of steps) await take(transaction, step, open, at)
        return steps
      })
    },
    async open() {
      return (await openOnes(db)).toSorted(
        (one, other) =>
          severities.indexOf(other.severity) - severities.indexOf(one.severity) || one.id - other.id,
      )
    },
    async list(limit, before) {
      const newest = db.selectFrom('incident').selectAll().orderBy('id', 'desc').limit(limit)
      const rows = await (before === undefined ? newest : newest.where('id', '<', before)).execute()
      return rows.map(incidentOf)
    },
    async page(filter, request) {
      const columns = [{ name: 'id', type: 'number' }] as const
      const { items, next } = await pageOf({ rows: () => filtered(db, filter), columns, request })
      return { items: items.map(incidentOf), next }
    },
    async get(id) {
      return getFrom(db, id)
    },
    acknowledge: (id, acknowledged, audited) =>
      transact(db, async (transaction) => {
        const incident = await getFrom(transaction, id)
        if (incident.closedAt !== undefined)
          throw new RedomaError('USAGE', `incident ${id} is over: there is nothing to acknowledge`)
        if (acknowledged === undefined && incident.acknowledged === undefined) return incident
        await transaction
          .updateTable('incident')
          .set(acknowledgementColumns(acknowledged))
          .where('id', '=', id)
          .execute()
        await auditTrail(transaction, sealed).append(audited(incident))
        return { ...incident, acknowledged }
      }),
  }
}

async function getFrom(db: Database, id: number): Promise<Incident> {
  const row = await db.selectFrom('incident').selectAll().where('id', '=', id).executeTakeFirst()
  return incidentOf(found(row, 'incident', String(id)))
}

function acknowledgementColumns(acknowledged: Acknowledgement | undefined) {
  return {
    acknowledged_at: acknowledged?.at.toISOString() ?? null,
    acknowledged_by: acknowledged?.by ?? null,
    acknowledged_why: acknowledged?.why ?? null,
  }
}

async function seenIn(db: Database): Promise<string> {
  const row = await db
    .selectFrom('incident')
    .select(({ fn }) => [fn.max('id').as('newest'), fn.count<number>('closed_at').as('closed')])
    .executeTakeFirstOrThrow()
  return JSON.stringify(row)
}

function changed(): RedomaError {
  return new RedomaError('CHANGED_MEANWHILE', 'another process opened or closed incidents at the same time')
}

function filtered(db: Database, { state, kind, severity }: IncidentFilter) {
  let query = db.selectFrom('incident').selectAll()
  if (state !== undefined) query = query.where('closed_at', state === 'open' ? 'is' : 'is not', null)
  if (kind !== undefined) query = query.where('kind', '=', kind)
  if (severity !== undefined) query = query.where('severity', '=', severity)
  return query
}

async function openOnes(db: Database): Promise<Incident[]> {
  const rows = await db
    .selectFrom('incident')
    .selectAll()
    .where('closed_at', 'is', null)
    .orderBy('id')
    .execute()
  return rows.map(incidentOf)
}

async function take(db: Database, step: IncidentStep, open: readonly Incident[], at: Date): Promise<void> {
  switch (step.kind) {
    case 'open': {
      const { trouble } = step
      const times = { opened_at: at.toISOString(), updated_at: at.toISOString(), told_at: at.toISOString() }
      const inserted = db.insertInto('incident').values({ ...columnsOf(trouble), ...times })
      const { id } = await inserted.returning('id').executeTakeFirstOrThrow()
      await queue(db, { id, trouble, phase: 'opened', openedAt: at }, at)
      return
    }
    case 'update': {
      const before = found(
        open.find(({ id }) => id === step.id),
        'incident',
        String(step.id),
      )
      const told = step.tell === undefined ? {} : { told_at: at.toISOString() }
      // Who knew of it knew of something milder.
      const unknown = step.tell === 'worsened' ? acknowledgementColumns(undefined) : {}
      await db
        .updateTable('incident')
        .set({ ...columnsOf(step.trouble), updated_at: at.toISOString(), ...told, ...unknown })
        .where('id', '=', step.id)
        .execute()
      if (step.tell === undefined) return
      const { trouble, tell: phase } = step
      await queue(db, { id: step.id, trouble, phase, openedAt: before.openedAt }, at)
      return
    }
    case 'close': {
      const trouble = found(
        open.find(({ id }) => id === step.id),
        'incident',
        String(step.id),
      )
      const closed = { closed_at: at.toISOString(), updated_at: at.toISOString() }
      await db.updateTable('incident').set(closed).where('id', '=', step.id).execute()
      await queue(db, { id: step.id, trouble, phase: 'closed', openedAt: trouble.openedAt }, at)
    }
  }
}

interface ToTell {
  readonly id: number
  readonly trouble: Trouble
  readonly phase: NoticePhase
  readonly openedAt: Date
}

async function queue(db: Database, { id, trouble, phase, openedAt }: ToTell, at: Date): Promise<void> {
  const isOver = phase === 'closed'
  await addNotice(db, {
    event: trouble.kind,
    severity: trouble.severity,
    at,
    subject: trouble.subject,
    title: isOver ? `Over: ${trouble.title}` : trouble.title,
    text: isOver ? `It is over. What it was: ${trouble.text}` : trouble.text,
    hint: isOver ? undefined : trouble.hint,
    fields: trouble.fields,
    incident: { id, phase, openedAt },
  })
}

function columnsOf({ kind, key, subject, severity, title, text, hint, fields }: Trouble) {
  return {
    kind,
    subject_key: key,
    subject,
    severity,
    title,
    body: text,
    hint: hint ?? null,
    fields: JSON.stringify(fields),
  }
}

const incidentKind = z.string().refine(isIncidentKind)

const incidentRow = z.object({
  id: z.int().positive(),
  kind: incidentKind,
  subject_key: z.string(),
  subject: z.string(),
  severity: z.enum(severities),
  title: z.string(),
  body: z.string(),
  hint: column.optional(z.string()),
  fields: noticeFields,
  opened_at: column.time,
  updated_at: column.time,
  told_at: column.time,
  closed_at: column.optional(column.time),
  acknowledged_at: column.optional(column.time),
  acknowledged_by: column.optional(z.string()),
  acknowledged_why: column.optional(z.string()),
})

function incidentOf(row: unknown): Incident {
  const { subject_key: key, body: text, ...rest } = parseRow(incidentRow, row)
  return {
    id: rest.id,
    kind: rest.kind,
    key,
    subject: rest.subject,
    severity: rest.severity,
    title: rest.title,
    text,
    hint: rest.hint,
    fields: rest.fields,
    openedAt: rest.opened_at,
    updatedAt: rest.updated_at,
    toldAt: rest.told_at,
    closedAt: rest.closed_at,
    acknowledged: acknowledgementOf(rest),
  }
}

function acknowledgementOf(
  row: Pick<z.output<typeof incidentRow>, 'acknowledged_at' | 'acknowledged_by' | 'acknowledged_why'>,
): Acknowledgement | undefined {
  const { acknowledged_at: at, acknowledged_by: by, acknowledged_why: why } = row
  return at === undefined || by === undefined || why === undefined ? undefined : { at, by, why }
}
