import { credentialListSchema } from '../../ports/credential-json.ts'
import { canonicalCredential } from './canonical-credential.ts'
import type { UniqueRecord } from './credential-ids.ts'
import { inPieces } from './in-pieces.ts'

/** `secrets.json`: `{"credentials":[…],"schema":"…"}`, canonical, one credential after the other. */
export function secretsJson(records: Iterable<UniqueRecord>): AsyncIterable<Uint8Array> {
  return inPieces(textsOf(records))
}

function* textsOf(records: Iterable<UniqueRecord>): Generator<string> {
  yield '{"credentials":['
  let separator = ''
  for (const { record, canonical } of records) {
    yield `${separator}${canonical ?? canonicalCredential(record)}`
    separator = ','
  }
  yield `],"schema":${JSON.stringify(credentialListSchema)}}`
}
