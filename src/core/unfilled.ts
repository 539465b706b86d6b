/**
 * Bytes that are not zeroed, for who is about to write every one of them: zeroing costs as much as the cipher. Browsers have no such
 * thing, so the opener page has a twin of this module.
 */
export function unfilled(length: number): Uint8Array {
  return new Uint8Array(Buffer.allocUnsafeSlow(length).buffer)
}
