import { encodeDer, encodeInteger, encodeOid, tags } from '../der.ts'

export const sha256Oid = '2.16.840.1.101.3.4.2.1'

/**
 * What a time-stamping authority is asked (RFC 3161, 2.4.1): to say that it saw this hash, with its certificate.
 *
 * @param sha256 32 bytes
 * @param nonce by chance: an older reply has another
 */
export function timestampRequest(sha256: Uint8Array, nonce: Uint8Array): Uint8Array {
  const algorithm = encodeDer(tags.sequence, encodeOid(sha256Oid), encodeDer(tags.null))
  return encodeDer(
    tags.sequence,
    encodeInteger(Uint8Array.of(1)),
    encodeDer(tags.sequence, algorithm, encodeDer(tags.octets, sha256)),
    encodeInteger(nonce),
    encodeDer(tags.boolean, Uint8Array.of(0xff)),
  )
}
