import type { Secret } from '../../core/secret.ts'
import {
  type Attachment,
  type CredentialRecord,
  type CustomField,
  credentialKinds,
  type FormerSecret,
} from '../../ports/credential.ts'
import {
  bytesIn,
  bytesOrNone,
  countIn,
  countOrNone,
  flagIn,
  oneOf,
  type Row,
  textIn,
  textOrNone,
  textsIn,
  timeIn,
  timeOrNone,
} from '../cells.ts'
import {
  attachmentDigestPlace,
  fieldPlace,
  historyPlace,
  notesPlace,
  secretPlace,
  totpPlace,
} from '../places.ts'
import type { SealedValues } from '../sealed-values.ts'
import type { Database } from '../tables.ts'
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

/** @param rows whose ids follow each other */
async function complete(
  deps: ReadingDeps,
  rows: readonly { readonly id: string }[],
): Promise<Iterable<CredentialRecord>> {
  const [first, last] = [rows[0]?.id, rows.at(-1)?.id]
  if (first === undefined || last === undefined) return []
  const [fields, history, attachments] = [
    await rowsOf(deps, 'credential_field', first, last),
    await rowsOf(deps, 'former_secret', first, last),
    await rowsOf(deps, 'attachment', first, last),
  ]
  return made(rows, (row) => ({
    ...recordOf(row, deps.sealed),
    fields: (fields.get(row.id) ?? []).map((one) => fieldOf(deps, one)),
    history: (history.get(row.id) ?? []).map((one) => formerSecretOf(deps, one)),
    attachments: (attachments.get(row.id) ?? []).map((one) => attachmentOf(deps, one)),
  }))
}

function* made<Item, Value>(items: readonly Item[], make: (item: Item) => Value): Generator<Value> {
  for (const item of items) yield make(item)
}

/**
 * Of the credentials from `first` to `last`, by the credential that they belong to, in their order. By a range of ids: a list of them
 * is looked up one by one.
 */
async function rowsOf(
  { db }: ReadingDeps,
  table: 'credential_field' | 'former_secret' | 'attachment',
  first: string,
  last: string,
): Promise<Map<string, Row[]>> {
  const rows = await db
    .selectFrom(table)
    .selectAll()
    .where('credential_id', '>=', first)
    .where('credential_id', '<=', last)
    .orderBy('credential_id')
    .orderBy('position')
    .execute()
  const groups = new Map<string, Row[]>()
  for (const row of rows) {
    const group = groups.get(row.credential_id)
    if (group === undefined) groups.set(row.credential_id, [row])
    else group.push(row)
  }
  return groups
}

type Lists = 'fields' | 'history' | 'attachments'

function recordOf(row: Row, sealed: SealedValues): Omit<CredentialRecord, Lists> {
  const id = textIn(row, 'id')
  const open = (place: (id: string) => string, name: string): Secret | undefined => {
    const value = bytesOrNone(row, name)
    return value === undefined ? undefined : sealed.open(place(id), value)
  }
  return {
    id,
    title: textIn(row, 'title'),
    kind: oneOf(row, 'kind', credentialKinds),
    user: textOrNone(row, 'user'),
    host: textOrNone(row, 'host'),
    port: countOrNone(row, 'port'),
    url: textOrNone(row, 'url'),
    database: textOrNone(row, 'database'),
    folder: textOrNone(row, 'folder'),
    owner: textOrNone(row, 'owner'),
    tags: textsIn(row, 'tags'),
    secret: open(secretPlace, 'sealed_secret'),
    notes: open(notesPlace, 'sealed_notes'),
    totp: open(totpPlace, 'sealed_totp'),
    createdAt: timeOrNone(row, 'created_at'),
    changedAt: timeIn(row, 'changed_at'),
  }
}

function fieldOf({ sealed }: ReadingDeps, row: Row): CustomField {
  const place = fieldPlace(textIn(row, 'credential_id'), countIn(row, 'position'))
  const value = sealed.open(place, bytesIn(row, 'sealed_value'))
  return { name: textIn(row, 'name'), value, hidden: flagIn(row, 'hidden') }
}

function formerSecretOf({ sealed }: ReadingDeps, row: Row): FormerSecret {
  const place = historyPlace(textIn(row, 'credential_id'), countIn(row, 'position'))
  const secret = sealed.open(place, bytesIn(row, 'sealed_secret'))
  return { secret, since: timeOrNone(row, 'since'), until: timeIn(row, 'until') }
}

function attachmentOf({ reader, sealed }: ReadingDeps, row: Row): Attachment {
  const [id, credentialId] = [textIn(row, 'id'), textIn(row, 'credential_id')]
  const size = countIn(row, 'size')
  return {
    name: textIn(row, 'name'),
    size,
    sha256: sealed.open(attachmentDigestPlace(credentialId, id), bytesIn(row, 'sealed_sha256')).reveal(),
    open: () => openAttachment(reader, sealed, { id, credentialId, size }),
  }
}
