import { sql } from 'kysely'
import { z } from 'zod'
import type { AuditEntry } from '../ports/audit-entry.ts'
import type { AuditFilter, AuditHead, AuditTrail, AuditVerdict } from '../ports/catalogue.ts'
import { linkOf, makeUnlinked } from './audit-chain.ts'
import { pageOf, startsWith } from './page-of.ts'
import { column, parseRow } from './rows.ts'
import type { SealedValues } from './sealed-values.ts'
import type { Database } from './tables.ts'
import { atOneMoment, transact } from './transact.ts'

export function auditTrail(db: Database, { auditMac }: Pick<SealedValues, 'auditMac'>): AuditTrail {
  return {
    append: (entry) =>
      transact(db, async (transaction) => {
        const newest = await newestRow(transaction)
        const before = newest?.link ?? (await digestOfUnlinked(transaction))
        const link = linkOf(auditMac, before, entry)
        await transaction
          .insertInto('audit_entry')
          .values({ ...entry, at: entry.at.toISOString(), link })
          .execute()
      }),
    async lastOf(actions) {
      // Each by itself: of several at once no index has the newest.
      const newest = actions.map((action) => {
        const rows = db.selectFrom('audit_entry').selectAll().where('action', '=', action)
        return rows.orderBy('id', 'desc').limit(1).executeTakeFirst()
      })
      const rows = (await Promise.all(newest)).filter((row) => row !== undefined)
      const entries = rows.map((row) => parseRow(auditRow, row))
      return entries.toSorted((one, other) => other.id - one.id)[0]?.at
    },
    head: () =>
      atOneMoment(db, async (inside) => {
        const counted = inside.selectFrom('audit_entry').select(({ fn }) => fn.countAll<number>().as('count'))
        const { count } = parseRow(countRow, await counted.executeTakeFirstOrThrow())
        return { entries: count, link: (await newestRow(inside))?.link }
      }),
    verify: (kept) => atOneMoment(db, (inside) => verify(inside, auditMac, kept)),
    async list(limit) {
      const newest = db.selectFrom('audit_entry').selectAll().orderBy('id', 'desc').limit(limit)
      return (await newest.execute()).map((row) => entryOf(parseRow(auditRow, row)))
    },
    async page(filter, request) {
      const columns = [{ name: 'id', type: 'number' }] as const
      const { items, next } = await pageOf({ rows: () => filtered(db, filter), columns, request })
      return { items: items.map((item) => numbered(parseRow(auditRow, item))), next }
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

async function newestRow(db: Database): Promise<AuditRow | undefined> {
  const newest = db.selectFrom('audit_entry').selectAll().orderBy('id', 'desc').limit(1)
  const row = await newest.executeTakeFirst()
  return row === undefined ? undefined : parseRow(auditRow, row)
}

async function digestOfUnlinked(db: Database): Promise<string> {
  const unlinked = makeUnlinked()
  for await (const row of rowsOf(db)) if (row.link === undefined) unlinked.add(entryOf(row))
  return unlinked.digest()
}

/** An entry without a link after one that has one was put there by somebody else. */
async function verify(
  db: Database,
  auditMac: SealedValues['auditMac'],
  kept: AuditHead | undefined,
): Promise<AuditVerdict> {
  const unlinked = makeUnlinked()
  let entries = 0
  let link: string | undefined
  let brokenAt: number | undefined
  let holdsKept = kept === undefined
  for await (const row of rowsOf(db)) {
    entries += 1
    const entry = entryOf(row)
    if (row.link === undefined && link === undefined) unlinked.add(entry)
    else if (row.link !== linkOf(auditMac, link ?? unlinked.digest(), entry)) brokenAt ??= row.id
    link = row.link ?? link
    if (entries === kept?.entries) holdsKept = row.link === kept.link
  }
  return { entries, link, brokenAt: brokenAt ?? (holdsKept ? undefined : 'cut-off') }
}

const batch = 1000

async function* rowsOf(db: Database): AsyncGenerator<AuditRow> {
  let after = 0
  for (;;) {
    const next = db.selectFrom('audit_entry').selectAll().where('id', '>', after).orderBy('id').limit(batch)
    const rows = (await next.execute()).map((row) => parseRow(auditRow, row))
    yield* rows
    const last = rows.at(-1)
    if (last === undefined) return
    after = last.id
  }
}

const countRow = z.object({ count: column.count })

const auditRow = z.object({
  id: z.int().positive(),
  at: column.time,
  actor: z.string(),
  action: z.string(),
  subject: z.string(),
  detail: z.string(),
  link: column.optional(z.string()),
})

type AuditRow = z.output<typeof auditRow>

function numbered(row: AuditRow): AuditEntry & { readonly id: number } {
  return { id: row.id, ...entryOf(row) }
}

function entryOf({ at, actor, action, subject, detail }: AuditRow): AuditEntry {
  return { at, actor, action, subject, detail }
}
