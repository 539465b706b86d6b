/** Bytes that can be had from anywhere: a file, or what an encrypted one holds. */
export interface RandomAccess {
  /** In bytes. */
  readonly size: number
  /** The bytes from `start` to before `end`, all of which exist. */
  read(start: number, end: number): Promise<Uint8Array>
}
