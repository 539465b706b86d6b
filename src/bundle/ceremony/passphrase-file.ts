import { RedomaError } from '../../core/errors.ts'
import { highestScryptLogN } from '../../crypto/age/scrypt.ts'

/**
 * An age file that one passphrase opens, and nobody else's key: a second stanza would be somebody who needs no passphrase.
 *
 * @throws RedomaError `FORMAT_UNKNOWN`
 */
export function requirePassphraseFile(file: Uint8Array): void {
  const start = new TextDecoder('latin1').decode(file.subarray(0, 256))
  const found = /^age-encryption\.org\/v1\n-> scrypt [A-Za-z0-9+/]{22} ([1-9]\d?)\n[A-Za-z0-9+/]+\n--- /.exec(
    start,
  )
  if (found !== null && Number(found[1]) <= highestScryptLogN) return
  throw new RedomaError(
    'FORMAT_UNKNOWN',
    'the identity of the recovery key is not protected by a passphrase alone',
  )
}
