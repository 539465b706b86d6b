import type { CredentialRecord } from '../../ports/credential.ts'
import { inPieces } from './in-pieces.ts'

/*
 * `secrets.csv` (RFC 4180, every field quoted). Passwords are exact, byte for byte: no apostrophe is put before a leading
 * `=`, `+`, `-` or `@`, as is done against formulas in spreadsheets. A password that was altered is a password lost; the
 * README warns not to open the file in a spreadsheet program instead.
 */

const columns: readonly (readonly [name: string, value: (record: CredentialRecord) => string])[] = [
  ['id', ({ id }) => id],
  ['folder', ({ folder }) => folder ?? ''],
  ['title', ({ title }) => title],
  ['kind', ({ kind }) => kind],
  ['user', ({ user }) => user ?? ''],
  ['secret', ({ secret }) => secret?.reveal() ?? ''],
  ['host', ({ host }) => host ?? ''],
  ['port', ({ port }) => port?.toString() ?? ''],
  ['url', ({ url }) => url ?? ''],
  ['database', ({ database }) => database ?? ''],
  ['totp', ({ totp }) => totp?.reveal() ?? ''],
  ['notes', ({ notes }) => notes?.reveal() ?? ''],
  ['owner', ({ owner }) => owner ?? ''],
  ['tags', ({ tags }) => tags.join(',')],
]

export function secretsCsv(records: Iterable<CredentialRecord>): AsyncIterable<Uint8Array> {
  return inPieces(rowsOf(records))
}

function* rowsOf(records: Iterable<CredentialRecord>): Generator<string> {
  yield row(columns.map(([name]) => name))
  for (const record of records) yield row(columns.map(([, value]) => value(record)))
}

function row(values: readonly string[]): string {
  return `${values.map((value) => `"${value.replaceAll('"', '""')}"`).join(',')}\r\n`
}
