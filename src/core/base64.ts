/*
 * RFC 4648, 4. A module of its own because it is the one conversion that browsers do in another way: the opener page has a twin
 * of it (src/opener/platform/base64.ts).
 */

/** With padding. */
export function toBase64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64')
}

/** Of what is not base64 nothing sensible comes; who must know compares with `toBase64` of the result. */
export function fromBase64(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text, 'base64'))
}
