import { readFileSync } from 'node:fs'
import { Secret } from '../../../src/core/secret.ts'
import type { CredentialRecord } from '../../../src/ports/credential.ts'
import { parseCredential } from '../../../src/ports/credential-json.ts'
import { sampleVaultPath } from '../sample-vault.ts'

/** The sample vault of the demo. */
export function sampleRecords(): CredentialRecord[] {
  const { credentials } = JSON.parse(readFileSync(sampleVaultPath, 'utf8')) as { credentials: unknown[] }
  return credentials.map((json) => parseCredential(json))
}

/** So many, with five former values each. */
export function manyRecords(count: number): CredentialRecord[] {
  const until = new Date('2026-05-01T06:00:00Z')
  return Array.from({ length: count }, (_, index) => ({
    id: `00000000-0000-4000-8000-${String(index).padStart(12, '0')}`,
    title: `root at srv-${index} in rack ${index % 97}`,
    kind: 'password' as const,
    user: index % 5 === 0 ? 'root' : `user${index % 1000}`,
    secret: new Secret(`tundra-${index.toString(36)}-FAKE-${index * 7919}!`),
    host: `srv-${index}.site-${index % 40}.example`,
    port: 22,
    folder: `Servers/site-${index % 40}`,
    tags: ['production', `site-${index % 40}`],
    fields: [],
    attachments: [],
    history: Array.from({ length: 5 }, (_former, age) => ({
      secret: new Secret(`former-${age}-${index}`),
      until,
    })),
    createdAt: until,
    changedAt: until,
  }))
}
