import { open } from 'node:fs/promises'

/** Small enough for the processor's cache, large enough that the calls do not count. */
const chunkBytes = 1024 * 1024

/**
 * A file from its beginning to its end. A chunk is good only until the next is asked for: for readers that keep nothing, as the
 * streams of age.
 */
export async function* readFileInTurns(path: string | Buffer): AsyncGenerator<Uint8Array> {
  await using file = await open(path)
  yield* readInTurns(async (into) => (await file.read(into, 0, into.length)).bytesRead, Infinity)
}

/**
 * The same for whatever `read` reads: it fills what it is given, or a part of it, with the bytes that come next, and says how many
 * they are; none at the end. Into two buffers by turns: one is filled while the other is worked on. No memory is allocated on the way,
 * which is a fifth of the cost of sealing a large file.
 *
 * @param size in bytes, as far as it is known: what is short takes no more memory than that
 */
export async function* readInTurns(
  read: (into: Uint8Array) => Promise<number>,
  size: number,
): AsyncGenerator<Uint8Array> {
  const roomBytes = Math.max(1, Math.min(chunkBytes, size))
  let [filling, filled] = [new Uint8Array(roomBytes), new Uint8Array(roomBytes)]
  let reading = read(filling)
  try {
    for (;;) {
      const length = await reading
      if (length === 0) return
      ;[filling, filled] = [filled, filling]
      reading = read(filling)
      reading.catch(() => undefined)
      yield filled.subarray(0, length)
    }
  } finally {
    await reading.catch(() => undefined)
  }
}
