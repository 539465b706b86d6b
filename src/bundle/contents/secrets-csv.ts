import type { CredentialRecord } from '../../ports/credential.ts'
import { type PlainCredential, plainCredential } from './canonical-credential.ts'
import { inPieces } from './in-pieces.ts'

/*
 * `secrets.csv` (RFC 4180, every field quoted). Passwords are exact, byte for byte: no apostrophe is put before a leading
 * `=`, `+`, `-` or `@`, as is done against formulas in spreadsheets. A password that was altered is a password lost; the
 * README warns not to open the file in a spreadsheet program instead.
 */

const columns: readonly (readonly [
  name: string,
  value: (credential: PlainCredential) => string | undefined,
])[] = [
  ['id', ({ id }) => id],
  ['folder', ({ folder }) => folder],
  ['title', ({ title }) => title],
  ['kind', ({ kind }) => kind],
  ['user', ({ user }) => user],
  ['secret', ({ secret }) => secret],
  ['host', ({ host }) => host],
  ['port', ({ port }) => port?.toString()],
  ['url', ({ url }) => url],
  ['database', ({ database }) => database],
  ['totp', ({ totp }) => totp],
  ['notes', ({ notes }) => notes],
  ['owner', ({ owner }) => owner],
  ['tags', ({ tags }) => tags.join(',')],
]

export function secretsCsv(records: Iterable<CredentialRecord>): AsyncIterable<Uint8Array> {
  return inPieces(rowsOf(records))
}

function* rowsOf(records: Iterable<CredentialRecord>): Generator<string> {
  yield csvHead
  for (const record of records) yield csvRow(plainCredential(record))
}

export const csvHead = `${columns.map(([name]) => quoted(name)).join(',')}\r\n`

export function csvRow(credential: PlainCredential): string {
  let row = ''
  for (const [, value] of columns) row += `${row === '' ? '' : ','}${quoted(value(credential) ?? '')}`
  return `${row}\r\n`
}

function quoted(value: string): string {
  return value.includes('"') ? `"${value.replaceAll('"', '""')}"` : `"${value}"`
}
