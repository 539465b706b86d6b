import { randomUUID } from 'node:crypto'
import { Secret } from '../../core/secret.ts'
import type { Attachment, CredentialRecord } from '../../ports/credential.ts'
import {
  attachmentDigestPlace,
  fieldPlace,
  historyPlace,
  notesPlace,
  secretPlace,
  totpPlace,
} from '../places.ts'
import type { SealedValues } from '../sealed-values.ts'
import { writeAttachment } from './attachments.ts'
import { type DatedRecord, newestFirst } from './merge.ts'
import type { ReadingDeps } from './reading.ts'
import { searchWords } from './search-words.ts'

/** Wants to be called inside a transaction. */
export async function insertRecord(deps: ReadingDeps, record: DatedRecord): Promise<void> {
  await deps.db.insertInto('credential').values(rowOf(record, deps.sealed)).execute()
  await insertLists(deps, record)
  await insertAttachments(deps, record)
}

/** Wants to be called inside a transaction. Attachments that stay are not touched: they may be large. */
export async function rewriteRecord(deps: ReadingDeps, record: DatedRecord): Promise<void> {
  const { db, sealed } = deps
  await db
    .updateTable('credential')
    .set((known) => ({ ...rowOf(record, sealed), revision: known('revision', '+', 1) }))
    .where('id', '=', record.id)
    .execute()
  await db.deleteFrom('credential_field').where('credential_id', '=', record.id).execute()
  await db.deleteFrom('former_secret').where('credential_id', '=', record.id).execute()
  await insertLists(deps, record)
  await bringAttachments(deps, record)
}

function rowOf(record: DatedRecord, sealed: SealedValues) {
  const seal = (place: string, value: Secret | undefined) =>
    value === undefined ? null : sealed.seal(place, value)
  const plain = {
    id: record.id,
    title: record.title,
    kind: record.kind,
    user: record.user ?? null,
    host: record.host ?? null,
    port: record.port ?? null,
    url: record.url ?? null,
    database: record.database ?? null,
    folder: record.folder ?? null,
    owner: record.owner ?? null,
    tags: JSON.stringify(record.tags),
    sealed_secret: seal(secretPlace(record.id), record.secret),
    sealed_notes: seal(notesPlace(record.id), record.notes),
    sealed_totp: seal(totpPlace(record.id), record.totp),
    created_at: record.createdAt?.toISOString() ?? null,
    changed_at: record.changedAt.toISOString(),
  }
  return { ...plain, search_words: searchWords(plain) }
}

async function insertLists({ db, sealed }: ReadingDeps, record: CredentialRecord): Promise<void> {
  for (const [position, { name, value, hidden }] of record.fields.entries()) {
    const sealed_value = sealed.seal(fieldPlace(record.id, position), value)
    const row = { credential_id: record.id, position, name, hidden: hidden ? 1 : 0, sealed_value }
    await db.insertInto('credential_field').values(row).execute()
  }
  for (const [position, former] of newestFirst(record.history).entries()) {
    const row = {
      credential_id: record.id,
      position,
      since: former.since?.toISOString() ?? null,
      until: former.until.toISOString(),
      sealed_secret: sealed.seal(historyPlace(record.id, position), former.secret),
    }
    await db.insertInto('former_secret').values(row).execute()
  }
}

async function insertAttachments(deps: ReadingDeps, record: CredentialRecord): Promise<void> {
  for (const [position, attachment] of record.attachments.entries()) {
    await insertAttachment(deps, record.id, position, attachment)
  }
}

async function bringAttachments(deps: ReadingDeps, record: CredentialRecord): Promise<void> {
  const { db } = deps
  const former = await knownAttachments(deps, record.id)
  for (const [position, attachment] of record.attachments.entries()) {
    const index = former.findIndex(
      ({ name, sha256 }) => name === attachment.name && sha256 === attachment.sha256,
    )
    const [same] = index < 0 ? [] : former.splice(index, 1)
    if (same === undefined) await insertAttachment(deps, record.id, position, attachment)
    else await db.updateTable('attachment').set({ position }).where('id', '=', same.id).execute()
  }
  for (const { id } of former) await db.deleteFrom('attachment').where('id', '=', id).execute()
}

async function knownAttachments({ db, sealed }: ReadingDeps, credentialId: string) {
  const all = db.selectFrom('attachment').selectAll().where('credential_id', '=', credentialId)
  return (await all.execute()).map(({ id, name, sealed_sha256 }) => {
    const sha256 = sealed.open(attachmentDigestPlace(credentialId, id), sealed_sha256).reveal()
    return { id, name, sha256 }
  })
}

async function insertAttachment(
  { db, sealed }: ReadingDeps,
  credentialId: string,
  position: number,
  attachment: Attachment,
): Promise<void> {
  const id = randomUUID()
  const { name, size } = attachment
  const sealed_sha256 = sealed.seal(attachmentDigestPlace(credentialId, id), new Secret(attachment.sha256))
  const row = { id, credential_id: credentialId, position, name, size, sealed_sha256 }
  await db.insertInto('attachment').values(row).execute()
  await writeAttachment(db, sealed, { id, credentialId, size }, attachment)
}
