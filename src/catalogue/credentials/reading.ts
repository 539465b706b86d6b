import { z } from 'zod'
import type { Secret } from '../../core/secret.ts'
import type { Attachment, CredentialRecord, CustomField, FormerSecret } from '../../ports/credential.ts'
import {
  attachmentDigestPlace,
  fieldPlace,
  historyPlace,
  notesPlace,
  secretPlace,
  totpPlace,
} from '../places.ts'
import { column, parseRow } from '../rows.ts'
import type { SealedValues } from '../sealed-values.ts'
import type { Database } from '../sqlite.ts'
import { openAttachment } from './attachments.ts'

export interface ReadingDeps {
  readonly db: Database
  readonly reader: Database
  readonly sealed: SealedValues
}

/** `undefined` when there is none of this id. Wants to be called inside a transaction. */
export async function readRecord(deps: ReadingDeps, id: string): Promise<CredentialRecord | undefined> {
  const rows = await deps.db.selectFrom('credential').selectAll().where('id', '=', id).execute()
  const [record] = await complete(deps, rows)
  return record
}

/** The next records in the order of their ids. Wants to be called inside a transaction. */
export async function readPage(
  deps: ReadingDeps,
  afterId: string,
  length: number,
): Promise<CredentialRecord[]> {
  const next = deps.db.selectFrom('credential').selectAll().where('id', '>', afterId)
  return complete(deps, await next.orderBy('id').limit(length).execute())
}

async function complete(deps: ReadingDeps, rows: readonly unknown[]): Promise<CredentialRecord[]> {
  const credentials = rows.map((row) => parseRow(credentialRow, row))
  const ids = credentials.map(({ id }) => id)
  if (ids.length === 0) return []
  const fields = await readFields(deps, ids)
  const history = await readHistory(deps, ids)
  const attachments = await readAttachments(deps, ids)
  return credentials.map((row) => ({
    ...recordOf(row, deps.sealed),
    fields: fields.get(row.id) ?? [],
    history: history.get(row.id) ?? [],
    attachments: attachments.get(row.id) ?? [],
  }))
}

const text = column.optional(z.string())
const sealedValue = column.optional(column.bytes)

const credentialRow = z.object({
  id: z.string(),
  title: z.string(),
  kind: z.enum(['password', 'ssh-key', 'access-key', 'token', 'database', 'note']),
  user: text,
  host: text,
  port: column.optional(z.int()),
  url: text,
  database: text,
  folder: text,
  owner: text,
  tags: column.json(z.array(z.string())),
  sealed_secret: sealedValue,
  sealed_notes: sealedValue,
  sealed_totp: sealedValue,
  created_at: column.optional(column.time),
  changed_at: column.time,
})

type Lists = 'fields' | 'history' | 'attachments'

function recordOf(row: z.output<typeof credentialRow>, sealed: SealedValues): Omit<CredentialRecord, Lists> {
  const { sealed_secret, sealed_notes, sealed_totp, created_at, changed_at, ...plain } = row
  const open = (place: string, value: Uint8Array | undefined): Secret | undefined =>
    value === undefined ? undefined : sealed.open(place, value)
  return {
    ...plain,
    secret: open(secretPlace(row.id), sealed_secret),
    notes: open(notesPlace(row.id), sealed_notes),
    totp: open(totpPlace(row.id), sealed_totp),
    createdAt: created_at,
    changedAt: changed_at,
  }
}

const fieldRow = z.object({
  credential_id: z.string(),
  position: column.count,
  name: z.string(),
  hidden: z.union([z.literal(0), z.literal(1)]),
  sealed_value: column.bytes,
})

async function readFields({ db, sealed }: ReadingDeps, ids: string[]): Promise<Map<string, CustomField[]>> {
  const all = db.selectFrom('credential_field').selectAll().where('credential_id', 'in', ids)
  const rows = (await all.orderBy('position').execute()).map((row) => parseRow(fieldRow, row))
  return grouped(rows, (row) => ({
    name: row.name,
    value: sealed.open(fieldPlace(row.credential_id, row.position), row.sealed_value),
    hidden: row.hidden === 1,
  }))
}

const historyRow = z.object({
  credential_id: z.string(),
  position: column.count,
  since: column.optional(column.time),
  until: column.time,
  sealed_secret: column.bytes,
})

async function readHistory({ db, sealed }: ReadingDeps, ids: string[]): Promise<Map<string, FormerSecret[]>> {
  const all = db.selectFrom('former_secret').selectAll().where('credential_id', 'in', ids)
  const rows = (await all.orderBy('position').execute()).map((row) => parseRow(historyRow, row))
  return grouped(rows, (row) => ({
    secret: sealed.open(historyPlace(row.credential_id, row.position), row.sealed_secret),
    since: row.since,
    until: row.until,
  }))
}

const attachmentRow = z.object({
  id: z.uuid(),
  credential_id: z.string(),
  position: column.count,
  name: z.string(),
  size: column.count,
  sealed_sha256: column.bytes,
})

async function readAttachments(deps: ReadingDeps, ids: string[]): Promise<Map<string, Attachment[]>> {
  const { db, reader, sealed } = deps
  const all = db.selectFrom('attachment').selectAll().where('credential_id', 'in', ids)
  const rows = (await all.orderBy('position').execute()).map((row) => parseRow(attachmentRow, row))
  return grouped(rows, ({ id, credential_id: credentialId, name, size, sealed_sha256 }) => ({
    name,
    size,
    sha256: sealed.open(attachmentDigestPlace(credentialId, id), sealed_sha256).reveal(),
    open: () => openAttachment(reader, sealed, { id, credentialId, size }),
  }))
}

function grouped<Row extends { credential_id: string }, Value>(
  rows: readonly Row[],
  make: (row: Row) => Value,
): Map<string, Value[]> {
  const groups = new Map<string, Value[]>()
  for (const row of rows) {
    const group = groups.get(row.credential_id)
    if (group === undefined) groups.set(row.credential_id, [make(row)])
    else group.push(make(row))
  }
  return groups
}
