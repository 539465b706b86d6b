import { wipe } from '../core/bytes.ts'
import { beginAgeEncryption } from '../crypto/age/encrypt.ts'
import { portablePrimitives } from '../crypto/portable.ts'

/**
 * By sealing something to each of them: what works now works at the ceremony.
 *
 * @throws RedomaError `FORMAT_UNKNOWN` for one that is neither an age recipient nor the line of an SSH public key that age takes
 */
export async function requirePublicKeys(keys: Iterable<string>): Promise<void> {
  for (const key of keys) {
    const { fileKey } = await beginAgeEncryption([key], portablePrimitives())
    wipe(fileKey)
  }
}
