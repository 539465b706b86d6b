import { bitwardenJson } from '../bundle/contents/bitwarden-json.ts'
import { secretsCsv } from '../bundle/contents/secrets-csv.ts'
import type { Secret } from '../core/secret.ts'
import type { CredentialRecord } from '../ports/credential.ts'
import { writeNewFile } from './write-new-file.ts'

/** Into what credentials of an open bundle can be written. A KeePass database is protected by a password of its own. */
export type ExportFormat =
  | { readonly kind: 'csv' }
  | { readonly kind: 'bitwarden' }
  | { readonly kind: 'kdbx'; readonly password: Secret }

/**
 * Writes credentials, former values and all where the format has a place for them, into a new file (0600).
 *
 * @returns what the format has no place for
 * @throws RedomaError `ALREADY_EXISTS`, `FILE_FAILED`; `DATA_DAMAGED` for a KeePass database with an attachment that is damaged
 */
export async function exportCredentials(
  records: readonly CredentialRecord[],
  format: ExportFormat,
  path: string,
): Promise<readonly string[]> {
  await writeNewFile(path, contentOf(records, format))
  return leftOut[format.kind]
}

const leftOut: Readonly<Record<ExportFormat['kind'], readonly string[]>> = {
  csv: ['former values', 'custom fields', 'attachments'],
  bitwarden: ['attachments'],
  kdbx: [],
}

async function* contentOf(
  records: readonly CredentialRecord[],
  format: ExportFormat,
): AsyncGenerator<Uint8Array> {
  switch (format.kind) {
    case 'csv':
      yield* secretsCsv(records)
      return
    case 'bitwarden':
      yield* bitwardenJson(records)
      return
    case 'kdbx': {
      // Loaded when it is needed: it is the largest part of the opener.
      const { keepassDatabase } = await import('../bundle/export/keepass.ts')
      yield await keepassDatabase(records, 'Break glass', format.password)
    }
  }
}
