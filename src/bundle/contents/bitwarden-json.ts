import { createHash } from 'node:crypto'
import type { CredentialRecord } from '../../ports/credential.ts'
import { type PlainCredential, plainCredential } from './canonical-credential.ts'
import { inPieces } from './in-pieces.ts'

const loginType = 1
const noteType = 2
const textField = 0
const hiddenField = 1

/** `bitwarden.json`: an unencrypted export as Bitwarden, Vaultwarden, KeePassXC and others import it. */
export function bitwardenJson(records: Iterable<CredentialRecord>): AsyncIterable<Uint8Array> {
  return inPieces(textsOf(records))
}

function* textsOf(records: Iterable<CredentialRecord>): Generator<string> {
  const folders = bitwardenFolders()
  for (const { folder } of records) folders.idOf(folder)
  const { before, after } = bitwardenFrame(folders)
  yield before
  let separator = ''
  for (const record of records) {
    yield `${separator}${bitwardenItem(plainCredential(record), folders)}`
    separator = ','
  }
  yield after
}

/** The folders that items were in so far. */
export interface BitwardenFolders {
  /** Null for none. */
  idOf(name: string | undefined): string | null
  readonly list: Iterable<{ readonly id: string; readonly name: string }>
}

export function bitwardenFolders(): BitwardenFolders {
  const ids = new Map<string, string>()
  return {
    idOf(name) {
      if (name === undefined) return null
      const known = ids.get(name)
      if (known !== undefined) return known
      const id = uuidOf('folder', name)
      ids.set(name, id)
      return id
    },
    get list() {
      return Array.from(ids, ([name, id]) => ({ id, name }))
    },
  }
}

/** What stands before and after the items; when all of them were made. */
export function bitwardenFrame({ list }: BitwardenFolders): {
  readonly before: string
  readonly after: string
} {
  return { before: `{"encrypted":false,"folders":${JSON.stringify(list)},"items":[`, after: ']}' }
}

export function bitwardenItem(credential: PlainCredential, folders: BitwardenFolders): string {
  const { kind, secret, notes = null } = credential
  const common = {
    id: uuidOf('item', credential.id),
    organizationId: null,
    collectionIds: null,
    folderId: folders.idOf(credential.folder),
    name: credential.title,
    favorite: false,
    reprompt: 0,
    fields: fieldsOf(credential),
    passwordHistory: credential.history.map((former) => ({
      lastUsedDate: former.until,
      password: former.secret,
    })),
    creationDate: credential.createdAt,
    revisionDate: credential.changedAt,
  }
  if (kind !== 'note') {
    return JSON.stringify({ ...common, type: loginType, notes, login: loginOf(credential) })
  }
  const text = [secret, notes].filter((part) => typeof part === 'string').join('\n\n')
  return JSON.stringify({ ...common, type: noteType, notes: text, secureNote: { type: 0 } })
}

function loginOf({ url, host, user, secret, totp }: PlainCredential): object {
  const uri = url ?? host
  return {
    uris: uri === undefined ? [] : [{ match: null, uri }],
    username: user ?? null,
    password: secret ?? null,
    totp: totp ?? null,
  }
}

/** What Bitwarden has no place for goes into custom fields. */
function fieldsOf(credential: PlainCredential): object[] {
  const { kind, host, port, database, owner, tags } = credential
  const fields: object[] = []
  const show = (name: string, value: string | undefined): void => {
    if (value !== undefined) fields.push({ name, value, type: textField })
  }
  show('kind', kind)
  show('host', host)
  show('port', port?.toString())
  show('database', database)
  show('owner', owner)
  show('tags', tags.length === 0 ? undefined : tags.join(','))
  for (const { name, value, hidden } of credential.fields) {
    fields.push({ name, value, type: hidden ? hiddenField : textField })
  }
  return fields
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
