import { Secret } from '../../core/secret.ts'
import type { Attachment, CredentialKind, CredentialRecord } from '../../ports/credential.ts'

/** A credential as it stands in `secrets.json`, all in the clear: names sorted at each level, times as texts. */
export interface PlainCredential {
  readonly attachments: readonly { readonly name: string; readonly sha256: string; readonly size: number }[]
  readonly changedAt: string | undefined
  readonly createdAt: string | undefined
  readonly database: string | undefined
  readonly fields: readonly { readonly hidden: boolean; readonly name: string; readonly value: string }[]
  readonly folder: string | undefined
  readonly history: readonly {
    readonly secret: string
    readonly since: string | undefined
    readonly until: string
  }[]
  readonly host: string | undefined
  readonly id: string
  readonly kind: CredentialKind
  readonly notes: string | undefined
  readonly owner: string | undefined
  readonly port: number | undefined
  readonly secret: string | undefined
  readonly tags: readonly string[]
  readonly title: string
  readonly totp: string | undefined
  readonly url: string | undefined
  readonly user: string | undefined
}

/** @param id another one than the record's own */
export function plainCredential(record: CredentialRecord, id = record.id): PlainCredential {
  return {
    attachments: record.attachments.map(({ name, size, sha256 }) => ({ name, sha256, size })),
    changedAt: record.changedAt?.toISOString(),
    createdAt: record.createdAt?.toISOString(),
    database: record.database,
    fields: record.fields.map(({ name, value, hidden }) => ({ hidden, name, value: value.reveal() })),
    folder: record.folder,
    history: record.history.map(({ secret, since, until }) => ({
      secret: secret.reveal(),
      since: since?.toISOString(),
      until: until.toISOString(),
    })),
    host: record.host,
    id,
    kind: record.kind,
    notes: record.notes?.reveal(),
    owner: record.owner,
    port: record.port,
    secret: record.secret?.reveal(),
    tags: record.tags,
    title: record.title,
    totp: record.totp?.reveal(),
    url: record.url,
    user: record.user,
  }
}

/** As `canonicalJson` writes it, five times as fast: the names are in their order, and need not be sorted a hundred thousand times. */
export function canonicalCredential(plain: PlainCredential): string {
  return JSON.stringify(plain)
}

/** The reverse, of our own text: nothing is checked. The content of attachments is not in it. */
export function recordOfCanonical(text: string, attachments: readonly Attachment[]): CredentialRecord {
  const json = JSON.parse(text) as PlainCredential
  return {
    ...json,
    secret: secretOf(json.secret),
    notes: secretOf(json.notes),
    totp: secretOf(json.totp),
    fields: json.fields.map(({ name, value, hidden }) => ({ name, value: new Secret(value), hidden })),
    attachments,
    // Most who ask for a record want its present values, and of a hundred thousand there are half a million former ones.
    get history() {
      return json.history.map(({ secret, since, until }) => ({
        secret: new Secret(secret),
        since: timeOf(since),
        until: new Date(until),
      }))
    },
    createdAt: timeOf(json.createdAt),
    changedAt: timeOf(json.changedAt),
  }
}

function secretOf(text: string | undefined): Secret | undefined {
  return text === undefined ? undefined : new Secret(text)
}

function timeOf(text: string | undefined): Date | undefined {
  return text === undefined ? undefined : new Date(text)
}
