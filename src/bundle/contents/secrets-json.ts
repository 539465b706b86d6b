import { canonicalJson } from '../../core/canonical-json.ts'
import type { CredentialRecord } from '../../ports/credential.ts'
import { credentialListSchema, encodeCredential } from '../../ports/credential-json.ts'

/** `secrets.json`: `{"credentials":[…],"schema":"…"}`, canonical, one credential after the other. */
export async function* secretsJson(records: readonly CredentialRecord[]): AsyncGenerator<Uint8Array> {
  const encoder = new TextEncoder()
  yield encoder.encode('{"credentials":[')
  for (const [index, record] of records.entries()) {
    yield encoder.encode(`${index === 0 ? '' : ','}${canonicalJson(encodeCredential(record))}`)
  }
  yield encoder.encode(`],"schema":${JSON.stringify(credentialListSchema)}}`)
}
