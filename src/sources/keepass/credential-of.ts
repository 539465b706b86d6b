import kdbxweb from 'kdbxweb'
import type { CredentialJson } from '../../ports/credential-json.ts'
import { fileNameOf, folderOf, plainTitle } from '../foreign-text.ts'
import { totpNames, totpOf } from './totp.ts'

type Fields = ReadonlyMap<string, kdbxweb.KdbxEntryField>

const standardNames = ['Title', 'UserName', 'Password', 'URL', 'Notes']

export function credentialOf(entry: kdbxweb.KdbxEntry, folders: readonly string[]): CredentialJson {
  const text = (name: string) => textOf(entry.fields.get(name))
  const isNote = text('Password') === '' && text('UserName') === '' && text('Notes') !== ''
  return {
    id: uuidOf(entry.uuid),
    title:
      [text('Title'), text('URL'), text('UserName'), 'untitled']
        .map(plainTitle)
        .find((title) => title !== '') ?? '',
    kind: isNote ? 'note' : 'password',
    user: text('UserName'),
    secret: isNote ? text('Notes') : text('Password'),
    url: text('URL'),
    folder: folderOf(folders),
    tags: entry.tags.map(plainTitle).filter((tag) => tag !== ''),
    notes: isNote ? undefined : text('Notes'),
    totp: totpOf((name) => text(name)),
    fields: customFields(entry.fields),
    attachments: attachmentsOf(entry),
    history: historyOf(entry),
    createdAt: entry.times.creationTime?.toISOString(),
    changedAt: entry.times.lastModTime?.toISOString(),
  }
}

function customFields(fields: Fields): CredentialJson['fields'] {
  const known = [...standardNames, ...totpNames]
  return [...fields]
    .filter(([name]) => !known.includes(name))
    .map(([name, value]) => ({
      name: plainTitle(name),
      value: textOf(value),
      hidden: value instanceof kdbxweb.ProtectedValue,
    }))
}

function attachmentsOf(entry: kdbxweb.KdbxEntry): CredentialJson['attachments'] {
  const taken = new Set<string>()
  return [...entry.binaries].map(([name, binary]) => ({
    name: fileNameOf(name, taken),
    content: bytesOf('hash' in binary ? binary.value : binary).toString('base64'),
  }))
}

/**
 * KeePass keeps whole former entries, oldest first, each with the time when it was last changed. A password was
 * replaced when the first entry with another one was changed.
 */
function historyOf(entry: kdbxweb.KdbxEntry): CredentialJson['history'] {
  const versions = [...entry.history, entry].map(({ fields, times }) => ({
    secret: textOf(fields.get('Password')),
    since: times.lastModTime,
  }))
  const changes = versions.filter(({ secret }, index) => secret !== versions[index - 1]?.secret)
  const former = changes.slice(0, -1).map(({ secret, since }, index) => ({
    secret,
    since: since?.toISOString(),
    until: changes[index + 1]?.since?.toISOString() ?? '',
  }))
  return former.filter(({ secret }) => secret !== '').toReversed()
}

function textOf(value: kdbxweb.KdbxEntryField | undefined): string {
  if (value === undefined) return ''
  return typeof value === 'string' ? value : value.getText()
}

function bytesOf(binary: kdbxweb.KdbxBinary): Buffer {
  return Buffer.from(binary instanceof kdbxweb.ProtectedValue ? binary.getBinary() : new Uint8Array(binary))
}

function uuidOf(uuid: kdbxweb.KdbxUuid): string {
  const hex = Buffer.from(uuid.id, 'base64').toString('hex')
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-')
}
