/** Bytes that repeat nowhere nearby, the same at every call. */
export function pattern(length: number): Uint8Array {
  const bytes = new Uint8Array(length)
  for (let index = 0; index < length; index++)
    bytes[index] = Math.imul(index ^ (index >>> 9), 0x9e3779b1) >>> 24
  return bytes
}
