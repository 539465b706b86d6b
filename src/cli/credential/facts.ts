import type { CredentialRecord } from '../../ports/credential.ts'
import { formatBytes, formatTime } from '../figures.ts'
import { printable } from '../printable.ts'

/** Without `reveal` each `Secret` writes itself as `[secret]`. */
export async function jsonOfCredential(record: CredentialRecord, reveal: boolean): Promise<unknown> {
  if (!reveal) return { ...record, attachments: record.attachments.map(({ name, size }) => ({ name, size })) }
  const { encodeCredential } = await import('../../ports/credential-json.ts')
  return encodeCredential(record)
}

/** Names and values, without secrets unless `reveal`. */
export function factsOfCredential(record: CredentialRecord, reveal: boolean): [string, string][] {
  const shown = (secret: { reveal(): string } | undefined): string | undefined =>
    secret === undefined ? undefined : reveal ? printable(secret.reveal()) : '[secret]'
  const pairs: [string, string | undefined][] = [
    ['id', record.id],
    ['title', record.title],
    ['kind', record.kind],
    ['user', record.user],
    ['secret', shown(record.secret)],
    ['host', record.host],
    ['port', record.port?.toString()],
    ['url', record.url],
    ['database', record.database],
    ['folder', record.folder],
    ['owner', record.owner],
    ['tags', record.tags.length === 0 ? undefined : record.tags.join(', ')],
    ['notes', shown(record.notes)],
    ['totp', shown(record.totp)],
    ...record.fields.map(({ name, value, hidden }): [string, string | undefined] => [
      `field ${printable(name)}`,
      hidden ? shown(value) : printable(value.reveal()),
    ]),
    ...record.attachments.map(({ name, size }): [string, string] => [
      'attachment',
      `${name}, ${formatBytes(size)}`,
    ]),
    ['changed', record.changedAt === undefined ? undefined : formatTime(record.changedAt)],
    ...record.history.map(({ secret, until }): [string, string | undefined] => [
      `until ${formatTime(until)}`,
      shown(secret),
    ]),
  ]
  return pairs.flatMap(([name, value]) => (value === undefined ? [] : [[name, printable(value)]]))
}
