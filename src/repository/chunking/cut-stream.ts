import type { Chunker } from './chunker.ts'

/**
 * Cuts a stream of bytes into chunks, however it is fed. Each chunk is a view of the chunker's memory, good until the next
 * one is asked for.
 */
export async function* cutStream(
  chunker: Chunker,
  source: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  const { memory } = chunker
  let start = 0
  let end = 0
  chunker.begin()
  for await (const piece of source) {
    for (let taken = 0; taken < piece.length; ) {
      if (end === memory.length) {
        memory.copyWithin(0, start, end)
        end -= start
        start = 0
      }
      const part = piece.subarray(taken, taken + memory.length - end)
      memory.set(part, end)
      end += part.length
      taken += part.length
      for (let length = chunker.cut(start, end); length > 0; length = chunker.cut(start, end)) {
        yield memory.subarray(start, start + length)
        start += length
      }
    }
  }
  if (end > start) yield memory.subarray(start, end)
}
