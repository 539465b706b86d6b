import { z } from 'zod'
import type { Secret } from '../../core/secret.ts'
import {
  type Attachment,
  type CredentialRecord,
  type CustomField,
  credentialKinds,
  type FormerSecret,
} from '../../ports/credential.ts'
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

/**
 * The next records in the order of their ids. Wants to be called inside a transaction; each record is made of its rows when it
 * is asked for, which may be after it: what lives longer than one record costs the garbage collector most.
 */
export async function readPage(
  deps: ReadingDeps,
  afterId: string,
  length: number,
): Promise<Iterable<CredentialRecord>> {
  const next = deps.db.selectFrom('credential').selectAll().where('id', '>', afterId)
  return complete(deps, await next.orderBy('id').limit(length).execute())
}

async function complete(
  deps: ReadingDeps,
  rows: readonly { readonly id: string }[],
): Promise<Iterable<CredentialRecord>> {
  const ids = rows.map(({ id }) => id)
  if (ids.length === 0) return []
  const fields = await rowsOf(deps, 'credential_field', ids)
  const history = await rowsOf(deps, 'former_secret', ids)
  const attachments = await rowsOf(deps, 'attachment', ids)
  return made(rows, (row) => ({
    ...recordOf(parseRow(credentialRow, row), deps.sealed),
    fields: (fields.get(row.id) ?? []).map((one) => fieldOf(deps, one)),
    history: (history.get(row.id) ?? []).map((one) => formerSecretOf(deps, one)),
    attachments: (attachments.get(row.id) ?? []).map((one) => attachmentOf(deps, one)),
  }))
}

function* made<Row, Value>(rows: readonly Row[], make: (row: Row) => Value): Generator<Value> {
  for (const row of rows) yield make(row)
}

/** By the credential that they belong to, in their order. */
async function rowsOf(
  { db }: ReadingDeps,
  table: 'credential_field' | 'former_secret' | 'attachment',
  ids: string[],
): Promise<Map<string, unknown[]>> {
  const rows = await db
    .selectFrom(table)
    .selectAll()
    .where('credential_id', 'in', ids)
    .orderBy('position')
    .execute()
  const groups = new Map<string, unknown[]>()
  for (const row of rows) {
    const group = groups.get(row.credential_id)
    if (group === undefined) groups.set(row.credential_id, [row])
    else group.push(row)
  }
  return groups
}

const text = column.optional(z.string())
const sealedValue = column.optional(column.bytes)

const credentialRow = z.object({
  id: z.string(),
  title: z.string(),
  kind: z.enum(credentialKinds),
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

function fieldOf({ sealed }: ReadingDeps, row: unknown): CustomField {
  const { credential_id, position, name, hidden, sealed_value } = parseRow(fieldRow, row)
  return { name, value: sealed.open(fieldPlace(credential_id, position), sealed_value), hidden: hidden === 1 }
}

const historyRow = z.object({
  credential_id: z.string(),
  position: column.count,
  since: column.optional(column.time),
  until: column.time,
  sealed_secret: column.bytes,
})

function formerSecretOf({ sealed }: ReadingDeps, row: unknown): FormerSecret {
  const { credential_id, position, since, until, sealed_secret } = parseRow(historyRow, row)
  return { secret: sealed.open(historyPlace(credential_id, position), sealed_secret), since, until }
}

const attachmentRow = z.object({
  id: z.uuid(),
  credential_id: z.string(),
  position: column.count,
  name: z.string(),
  size: column.count,
  sealed_sha256: column.bytes,
})

function attachmentOf({ reader, sealed }: ReadingDeps, row: unknown): Attachment {
  const { id, credential_id: credentialId, name, size, sealed_sha256 } = parseRow(attachmentRow, row)
  return {
    name,
    size,
    sha256: sealed.open(attachmentDigestPlace(credentialId, id), sealed_sha256).reveal(),
    open: () => openAttachment(reader, sealed, { id, credentialId, size }),
  }
}
