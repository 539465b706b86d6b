import { bitwardenJson } from '../../bundle/contents/bitwarden-json.ts'
import { secretsCsv } from '../../bundle/contents/secrets-csv.ts'
import type { CredentialRecord } from '../../ports/credential.ts'
import type { ExportForm } from '../protocol.ts'

export function exportAs(form: ExportForm, records: readonly CredentialRecord[]): AsyncIterable<Uint8Array> {
  switch (form) {
    case 'csv':
      return secretsCsv(records)
    case 'bitwarden':
      return bitwardenJson(records)
  }
}
