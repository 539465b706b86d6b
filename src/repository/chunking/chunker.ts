import { rabinModule } from './rabin-module.ts'

/** Chunks are cut as restic cuts them: no shorter than this, unless a file ends … */
export const minChunkBytes = 512 * 1024
/** … and no longer than this. */
export const maxChunkBytes = 8 * 1024 * 1024

/**
 * Finds where to cut. It works on its own memory, into which a file is read directly: no byte is copied.
 *
 * `begin()`; read into `memory`; as long as `cut(start, end)` is above 0, that is a chunk, and the next one begins
 * behind it; otherwise read more (what is left may be moved to the front first). At the end of the file what is
 * left is the last chunk; an empty file has none.
 */
export interface Chunker {
  /** WebAssembly's memory: a transfer to another thread is not possible, sealing and hashing in place is. */
  readonly memory: Uint8Array
  /** What comes next is another file. */
  begin(): void
  /**
   * The length of the chunk that begins at `start` of `memory`, where bytes are there up to `end`; 0 when it cannot be told
   * without more of them. Never 0 once `maxChunkBytes` are there.
   */
  cut(start: number, end: number): number
}

interface RabinExports {
  readonly memory: WebAssembly.Memory
  setPolynomial(polynomial: bigint): void
  findCut(from: number, to: number): number
}

const pageBytes = 64 * 1024
/** The first page holds the tables. */
const firstAddress = pageBytes

let compiled: WebAssembly.Module | undefined

/** Room behind the longest chunk, to read on: what is left of a chunk is moved to the front once in so many bytes. */
const readAheadBytes = 2 * 1024 * 1024

/** A chunker with `capacity` bytes of memory: at least the longest chunk. */
export function makeChunker(polynomial: bigint, capacity = maxChunkBytes + readAheadBytes): Chunker {
  compiled ??= new WebAssembly.Module(Buffer.from(rabinModule, 'base64'))
  const rabin = new WebAssembly.Instance(compiled).exports as unknown as RabinExports
  const length = Math.max(capacity, maxChunkBytes)
  rabin.memory.grow(Math.ceil(length / pageBytes))
  rabin.setPolynomial(polynomial)
  let searched = 0

  return {
    memory: new Uint8Array(rabin.memory.buffer, firstAddress, length),
    begin: () => {
      searched = 0
    },
    cut: (start, end) => {
      const available = Math.min(end - start, maxChunkBytes)
      const from = Math.max(minChunkBytes, searched + 1)
      const address = firstAddress + start
      const found = from > available ? 0 : rabin.findCut(address + from, address + available)
      const chunkBytes = found > 0 ? found - address : available === maxChunkBytes ? maxChunkBytes : 0
      searched = chunkBytes > 0 ? 0 : available
      return chunkBytes
    },
  }
}
