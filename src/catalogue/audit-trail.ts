import { sql } from 'kysely'
import { z } from 'zod'
import type { AuditEntry } from '../ports/audit-entry.ts'
import type { AuditFilter, AuditTrail } from '../ports/catalogue.ts'
import { pageOf, startsWith } from './page-of.ts'
import { column, parseRow } from './rows.ts'
import type { Database } from './tables.ts'

export function auditTrail(db: Database): AuditTrail {
  return {
    async append(entry) {
      const row = { ...entry, at: entry.at.toISOString() }
      await db.insertInto('audit_entry').values(row).execute()
    },
    async list(limit) {
      const newest = db.selectFrom('audit_entry').selectAll().orderBy('id', 'desc').limit(limit)
      return (await newest.execute()).map((row): AuditEntry => parseRow(auditRow, row))
    },
    async page(filter, request) {
      const columns = [{ name: 'id', type: 'number' }] as const
      const { items, next } = await pageOf({ rows: () => filtered(db, filter), columns, request })
      return { items: items.map((row) => parseRow(numberedRow, row)), next }
    },
  }
}

function filtered(db: Database, { actor, action, subject, since, until }: AuditFilter) {
  let query = db.selectFrom('audit_entry').selectAll()
  if (actor !== undefined) query = query.where('actor', '=', actor)
  if (subject !== undefined) query = query.where('subject', '=', subject)
  if (since !== undefined) query = query.where('at', '>=', since.toISOString())
  if (until !== undefined) query = query.where('at', '<', until.toISOString())
  // `credential` is `credential.add`, `credential.edit` …
  if (action !== undefined) {
    query = query.where(sql<boolean>`(action = ${action} or ${startsWith('action', `${action}.`)})`)
  }
  return query
}

const auditRow = z.object({
  at: column.time,
  actor: z.string(),
  action: z.string(),
  subject: z.string(),
  detail: z.string(),
})

const numberedRow = auditRow.extend({ id: z.int().positive() })
