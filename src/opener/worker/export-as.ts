import { bitwardenJson } from '../../bundle/contents/bitwarden-json.ts'
import { secretsCsv } from '../../bundle/contents/secrets-csv.ts'
import type { ExportForm } from '../protocol.ts'
import type { Credentials } from './credentials.ts'

export function exportAs(form: ExportForm, credentials: Credentials): AsyncIterable<Uint8Array> {
  const records = Array.from({ length: credentials.count }, (_, at) => credentials.record(at))
  switch (form) {
    case 'csv':
      return secretsCsv(records)
    case 'bitwarden':
      return bitwardenJson(records)
  }
}
