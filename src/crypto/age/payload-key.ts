import { hkdfSync } from 'node:crypto'

export const fileKeyBytes = 16
export const payloadNonceBytes = 16

/** The key of the payload: HKDF-SHA-256 of the file key, salted with the 16 bytes that follow the header (age spec, "Payload"). */
export function payloadKey(fileKey: Uint8Array, nonce: Uint8Array): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', fileKey, nonce, 'payload', 32))
}
