import { concatBytes, equalBytes } from '../../core/bytes.ts'
import { RedomaError } from '../../core/errors.ts'
import { splitFile } from './file-parts.ts'
import { headerFor, openHeader } from './header.ts'
import { profileOf } from './recipients.ts'

/**
 * A header to one recipient for a file whose key is known: with it in the place of the old one, and the payload as it is, that recipient opens
 * the file and nobody else does. What the old header opened before, in whatever copy, it opens still.
 *
 * @param fileKey 16 bytes
 * @throws RedomaError `FORMAT_UNKNOWN` for what is no recipient of a recovery key
 */
export async function rewrappedHeader(recipient: string, fileKey: Uint8Array): Promise<Uint8Array> {
  profileOf(recipient)
  const header = await headerFor([recipient], fileKey)
  // The header's MAC is made with the file key: that it is right, is seen without the recipient.
  await openHeader(header, { kind: 'file-key', fileKey })
  return header
}

/**
 * The file with another header, streamed. One that has the new header already comes as it is: an upload that is tried again may find what it
 * has written itself.
 *
 * Throws, when read, `DATA_DAMAGED` for a file with neither header.
 */
export async function* withHeader(
  file: AsyncIterable<Uint8Array>,
  old: Uint8Array,
  replacement: Uint8Array,
): AsyncGenerator<Uint8Array> {
  const iterator = file[Symbol.asyncIterator]()
  try {
    const { header, nonce, payload } = await splitFile(iterator)
    if (!equalBytes(header, old) && !equalBytes(header, replacement)) {
      throw new RedomaError('DATA_DAMAGED', 'the header of the age file is not the one that it had')
    }
    yield concatBytes([replacement, nonce])
    yield* payload
  } finally {
    await iterator.return?.()
  }
}
