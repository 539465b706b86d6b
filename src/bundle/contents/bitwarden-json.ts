import { createHash } from 'node:crypto'
import type { CredentialRecord } from '../../ports/credential.ts'
import { inPieces } from './in-pieces.ts'

const loginType = 1
const noteType = 2
const textField = 0
const hiddenField = 1

/**
 * `bitwarden.json`: an unencrypted export as Bitwarden, Vaultwarden, KeePassXC and others import it.
 *
 * @param folders the names of all folders, each once, where they are known already
 */
export function bitwardenJson(
  records: Iterable<CredentialRecord>,
  folders: Iterable<string> = foldersOf(records),
): AsyncIterable<Uint8Array> {
  return inPieces(textsOf(records, folders))
}

function foldersOf(records: Iterable<CredentialRecord>): Set<string> {
  const folders = new Set<string>()
  for (const { folder } of records) if (folder !== undefined) folders.add(folder)
  return folders
}

function* textsOf(records: Iterable<CredentialRecord>, folders: Iterable<string>): Generator<string> {
  const folderIds = new Map(Array.from(folders, (name) => [name, uuidOf('folder', name)]))
  const list = Array.from(folderIds, ([name, id]) => ({ id, name }))
  yield `{"encrypted":false,"folders":${JSON.stringify(list)},"items":[`
  let separator = ''
  for (const record of records) {
    yield `${separator}${JSON.stringify(itemOf(record, folderIds))}`
    separator = ','
  }
  yield ']}'
}

function itemOf(record: CredentialRecord, folderIds: ReadonlyMap<string, string>): object {
  const common = {
    id: uuidOf('item', record.id),
    organizationId: null,
    collectionIds: null,
    folderId: folderIds.get(record.folder ?? '') ?? null,
    name: record.title,
    favorite: false,
    reprompt: 0,
    fields: fieldsOf(record),
    passwordHistory: record.history.map(({ secret, until }) => ({
      lastUsedDate: until.toISOString(),
      password: secret.reveal(),
    })),
    creationDate: record.createdAt?.toISOString(),
    revisionDate: record.changedAt?.toISOString(),
  }
  const notes = record.notes?.reveal() ?? null
  if (record.kind !== 'note') return { ...common, type: loginType, notes, login: loginOf(record) }
  const text = [record.secret?.reveal(), notes].filter((part) => typeof part === 'string').join('\n\n')
  return { ...common, type: noteType, notes: text, secureNote: { type: 0 } }
}

function loginOf(record: CredentialRecord): object {
  const uri = record.url ?? record.host
  return {
    uris: uri === undefined ? [] : [{ match: null, uri }],
    username: record.user ?? null,
    password: record.secret?.reveal() ?? null,
    totp: record.totp?.reveal() ?? null,
  }
}

/** What Bitwarden has no place for goes into custom fields. */
function fieldsOf(record: CredentialRecord): object[] {
  const shown = {
    kind: record.kind,
    host: record.host,
    port: record.port?.toString(),
    database: record.database,
    owner: record.owner,
    tags: record.tags.length === 0 ? undefined : record.tags.join(','),
  }
  return [
    ...Object.entries(shown).flatMap(([name, value]) =>
      value === undefined ? [] : [{ name, value, type: textField }],
    ),
    ...record.fields.map(({ name, value, hidden }) => ({
      name,
      value: value.reveal(),
      type: hidden ? hiddenField : textField,
    })),
  ]
}

/** The form wants UUIDs; the same thing gets the same one in every bundle. */
function uuidOf(kind: string, text: string): string {
  const hex = createHash('sha256').update(`${kind}\0${text}`).digest('hex')
  const variant = '89ab'[Number.parseInt(hex.charAt(16), 16) % 4] ?? '8'
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `8${hex.slice(13, 16)}`,
    `${variant}${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ].join('-')
}
