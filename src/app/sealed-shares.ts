import type { NewShare } from '../bundle/ceremony/make-key.ts'
import { collectBytes, oneChunk, wipe } from '../core/bytes.ts'
import { RedomaError } from '../core/errors.ts'
import { beginAgeEncryption } from '../crypto/age/encrypt.ts'
import { portablePrimitives } from '../crypto/portable.ts'

const fileLimitBytes = 64 * 1024

/**
 * Files by their names, `share-3.age`: the words of a share and a line break, for its guardian's key alone.
 *
 * @throws RedomaError `FORMAT_UNKNOWN` for what is no public key, `USAGE` for a share that there is not
 */
export async function sealedShares(
  shares: readonly NewShare[],
  sealedTo: ReadonlyMap<number, string>,
): Promise<ReadonlyMap<string, Uint8Array>> {
  const files = new Map<string, Uint8Array>()
  for (const [number, recipient] of sealedTo) {
    const share = shares.find((one) => one.number === number)
    if (share === undefined)
      throw new RedomaError('USAGE', `there is no share ${number}: there are ${shares.length}`)
    files.set(`share-${number}.age`, await seal(share, recipient))
  }
  return files
}

async function seal({ words }: NewShare, recipient: string): Promise<Uint8Array> {
  const encryption = await beginAgeEncryption([recipient], portablePrimitives())
  wipe(encryption.fileKey)
  const plaintext = new TextEncoder().encode(`${words.reveal()}\n`)
  try {
    return await collectBytes(encryption.ciphertext(oneChunk(plaintext)), fileLimitBytes)
  } finally {
    wipe(plaintext)
  }
}
