import { RedomaError } from '../../core/errors.ts'
import { type CredentialKind, type CredentialRecord, credentialKinds } from '../../ports/credential.ts'
import type { FactName, Row, SecretName, Shown } from '../protocol.ts'
import type { ListedCredential } from './credentials.ts'

export function rowOf(at: number, listed: ListedCredential | undefined): Row {
  const { title = '', kind = '', user = '', host = '', url = '', database = '', folder = '' } = listed ?? {}
  return {
    at,
    title,
    kind: isKind(kind) ? kind : 'password',
    user,
    place: [host, url.replace(/^[a-z][a-z\d+.-]*:\/\//i, ''), database].find((text) => text !== '') ?? '',
    folder,
  }
}

function isKind(kind: string): kind is CredentialKind {
  return (credentialKinds as readonly string[]).includes(kind)
}

/** All of a credential that is no secret. */
export function shownOf(at: number, record: CredentialRecord): Shown {
  const facts: readonly (readonly [FactName, string | undefined])[] = [
    ['user', record.user],
    ['host', record.host],
    ['port', record.port?.toString()],
    ['url', record.url],
    ['database', record.database],
    ['folder', record.folder],
    ['owner', record.owner],
    ['created', record.createdAt?.toISOString()],
    ['changed', record.changedAt?.toISOString()],
  ]
  return {
    at,
    title: record.title,
    kind: record.kind,
    facts: facts.flatMap(([name, text]) => (text === undefined ? [] : [{ name, text }])),
    tags: record.tags,
    hasSecret: record.secret !== undefined,
    hasNotes: record.notes !== undefined,
    hasTotp: record.totp !== undefined,
    fields: record.fields.map(({ name, hidden }) => ({ name, hidden })),
    attachments: record.attachments.map(({ name, size }) => ({ name, bytes: size })),
    history: record.history.map(({ since, until }) => ({
      since: since?.toISOString(),
      until: until.toISOString(),
    })),
  }
}

/** @throws RedomaError `NOT_FOUND` */
export function secretOf(record: CredentialRecord, name: SecretName): string {
  const secret = (() => {
    switch (name.kind) {
      case 'secret':
      case 'notes':
      case 'totp':
        return record[name.kind]
      case 'field':
        return record.fields[name.index]?.value
      case 'former':
        return record.history[name.index]?.secret
    }
  })()
  if (secret === undefined) throw new RedomaError('NOT_FOUND', 'there is no such secret')
  return secret.reveal()
}
