/* Twin of src/core/unfilled.ts: browsers zero all memory. */
export function unfilled(length: number): Uint8Array {
  return new Uint8Array(length)
}
