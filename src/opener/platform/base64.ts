/* Twin of src/core/base64.ts. */

/** How many bytes become one call's arguments. */
const stepBytes = 0x8000

/** With padding. */
export function toBase64(bytes: Uint8Array): string {
  let binary = ''
  for (let at = 0; at < bytes.length; at += stepBytes) {
    binary += String.fromCharCode(...bytes.subarray(at, at + stepBytes))
  }
  return btoa(binary)
}

/** Of what is not base64 nothing sensible comes: here nothing at all. */
export function fromBase64(text: string): Uint8Array {
  try {
    return Uint8Array.from(atob(text), (digit) => digit.charCodeAt(0))
  } catch {
    return new Uint8Array(0)
  }
}
