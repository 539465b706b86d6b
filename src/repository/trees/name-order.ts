/** The order of names in a tree: by their raw bytes, unsigned. Not JavaScript's order of strings, nor that of quoted names. */
export function compareNames(a: Uint8Array, b: Uint8Array): number {
  return Buffer.compare(a, b)
}
