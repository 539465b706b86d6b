import type { CredentialKind } from '../../ports/credential.ts'
import type { CredentialJson } from '../../ports/credential-json.ts'
import { plainFolder, plainTitle } from '../foreign-text.ts'
import type { BitwardenItem } from './item.ts'

type Field = NonNullable<CredentialJson['fields']>[number]

/** Numbers of Bitwarden's kinds of items. */
const secureNote = 2
const sshKey = 5
/** Of custom fields: text, hidden, yes or no, link to another field. */
const hiddenField = 1

/** `folders` holds the names of folders and collections by id. */
export function credentialOf(
  item: BitwardenItem,
  folders: ReadonlyMap<string, string>,
  idFor: (item: BitwardenItem) => string,
): CredentialJson {
  const kind = kindOf(item)
  const uris = (item.login?.uris ?? []).flatMap(({ uri }) => (present(uri) ? [uri] : []))
  const collection = item.collectionIds?.[0]
  const folder = folders.get(item.folderId ?? '') ?? folders.get(collection ?? '')
  return {
    id: present(item.id) ? item.id : idFor(item),
    title: plainTitle(item.name ?? ''),
    kind,
    user: item.login?.username,
    secret: kind === 'note' ? item.notes : (item.sshKey?.privateKey ?? item.login?.password),
    url: uris[0],
    folder: plainFolder(folder ?? ''),
    notes: kind === 'note' ? undefined : item.notes,
    totp: item.login?.totp,
    fields: [...ownFields(item), ...furtherFields(item, uris.slice(1))],
    history: (item.passwordHistory ?? []).map(({ password, lastUsedDate }) => ({
      secret: password,
      until: timeOf(lastUsedDate) ?? '',
    })),
    createdAt: timeOf(item.creationDate),
    changedAt: timeOf(item.revisionDate),
  }
}

function kindOf(item: BitwardenItem): CredentialKind {
  if (item.type === secureNote) return 'note'
  return item.type === sshKey ? 'ssh-key' : 'password'
}

function ownFields(item: BitwardenItem): Field[] {
  return (item.fields ?? []).map(({ name, value, type }) => ({
    name: plainTitle(name ?? ''),
    value: value ?? '',
    hidden: type === hiddenField,
  }))
}

/** What has no place of its own in a credential of ours, so that nothing is lost. */
function furtherFields(item: BitwardenItem, furtherUris: readonly string[]): Field[] {
  const passkeys = item.login?.fido2Credentials ?? []
  return [
    ...furtherUris.map((value, index) => ({ name: `url ${index + 2}`, value, hidden: false })),
    ...passkeys.map((key, index) => ({
      name: `passkey ${index + 1}`,
      value: JSON.stringify(key),
      hidden: true,
    })),
    ...textsOf(item.card, ['number', 'code']),
    ...textsOf(item.identity, ['ssn', 'passportNumber', 'licenseNumber']),
    ...textsOf(item.sshKey === null ? undefined : publicPartOf(item), []),
  ]
}

function publicPartOf({ sshKey: key }: BitwardenItem): Record<string, unknown> {
  return { publicKey: key?.publicKey, keyFingerprint: key?.keyFingerprint }
}

function textsOf(whole: Record<string, unknown> | null | undefined, hidden: readonly string[]): Field[] {
  return Object.entries(whole ?? {}).flatMap(([name, value]) =>
    typeof value === 'string' && value !== ''
      ? [{ name: plainTitle(name), value, hidden: hidden.includes(name) }]
      : [],
  )
}

function present(text: string | null | undefined): text is string {
  return text !== undefined && text !== null && text !== ''
}

function timeOf(text: string | null | undefined): string | undefined {
  const time = new Date(text ?? '')
  return Number.isNaN(time.getTime()) ? undefined : time.toISOString()
}
