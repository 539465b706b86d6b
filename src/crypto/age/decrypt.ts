import { wipe } from '../../core/bytes.ts'
import { oneAhead } from '../../core/one-ahead.ts'
import type { Primitives } from '../primitives.ts'
import { splitFile } from './file-parts.ts'
import { type AgeKey, openHeader } from './header.ts'
import { payloadKey } from './payload-key.ts'
import { type RoomFor, roomInTurns } from './pieces.ts'
import { openStream } from './stream.ts'

export type { AgeKey } from './header.ts'

/**
 * The plaintext of an age file (binary; `dearmor` comes first for an armored one), as it is fed. Yields authenticated
 * bytes only; that they are *all* is known when the iteration ends without an error.
 *
 * @throws RedomaError `KEY_WRONG`; `FORMAT_UNKNOWN` when it is no age file; `DATA_DAMAGED` when it was altered or cut off;
 * `LIMIT_EXCEEDED` for a header over 256 KiB or a passphrase that takes over 1 GiB to try
 */
export function decryptAge(
  ciphertext: AsyncIterable<Uint8Array>,
  key: AgeKey,
  primitives: Primitives,
): AsyncGenerator<Uint8Array> {
  return decrypt(ciphertext, key, primitives)
}

/** The same for a reader that keeps nothing: a chunk is good only until the next is asked for. */
export function decryptAgeInTurns(
  ciphertext: AsyncIterable<Uint8Array>,
  key: AgeKey,
  primitives: Primitives,
): AsyncGenerator<Uint8Array> {
  return decrypt(ciphertext, key, primitives, roomInTurns())
}

async function* decrypt(
  ciphertext: AsyncIterable<Uint8Array>,
  key: AgeKey,
  primitives: Primitives,
  roomFor?: RoomFor,
): AsyncGenerator<Uint8Array> {
  const iterator = ciphertext[Symbol.asyncIterator]()
  let streamKey: Uint8Array = new Uint8Array(0)
  try {
    const { header, nonce, payload } = await splitFile(iterator)
    const fileKey = await openHeader(header, key)
    streamKey = payloadKey(fileKey, nonce)
    wipe(fileKey)
    yield* oneAhead(openStream(streamKey, payload, primitives, roomFor))
  } finally {
    wipe(streamKey)
    // The file below is closed also when the reader stops halfway, or the header was refused.
    await iterator.return?.()
  }
}
