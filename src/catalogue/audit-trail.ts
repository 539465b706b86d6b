import { z } from 'zod'
import type { AuditEntry } from '../ports/audit-entry.ts'
import type { AuditTrail } from '../ports/catalogue.ts'
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
  }
}

const auditRow = z.object({
  at: column.time,
  actor: z.string(),
  action: z.string(),
  subject: z.string(),
  detail: z.string(),
})
