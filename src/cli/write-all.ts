import { once } from 'node:events'
import type { Writable } from 'node:stream'

/** Writes as fast as the reader takes it, so that memory stays flat; the stream stays open. */
export async function writeAll(
  stream: Writable,
  parts: AsyncIterable<Uint8Array>,
  signal: AbortSignal,
): Promise<void> {
  for await (const part of parts) {
    if (!stream.write(part)) await once(stream, 'drain', { signal })
  }
}
