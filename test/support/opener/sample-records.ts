import { readFileSync } from 'node:fs'
import type { CredentialRecord } from '../../../src/ports/credential.ts'
import { parseCredential } from '../../../src/ports/credential-json.ts'
import { sampleVaultPath } from '../sample-vault.ts'

/** The sample vault of the demo. */
export function sampleRecords(): CredentialRecord[] {
  const { credentials } = JSON.parse(readFileSync(sampleVaultPath, 'utf8')) as { credentials: unknown[] }
  return credentials.map((json) => parseCredential(json))
}
