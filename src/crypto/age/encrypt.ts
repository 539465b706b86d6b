import { randomBytes } from 'node:crypto'
import { Encrypter } from 'age-encryption'
import { concatBytes, wipe } from '../../core/bytes.ts'
import { RedomaError } from '../../core/errors.ts'
import { oneAhead } from '../../core/one-ahead.ts'
import type { Secret } from '../../core/secret.ts'
import type { Primitives } from '../primitives.ts'
import { newHeader } from './header.ts'
import { payloadKey, payloadNonceBytes } from './payload-key.ts'
import { type RoomFor, roomInTurns } from './pieces.ts'
import { profileOf } from './recipients.ts'
import { passphraseRecipient } from './scrypt.ts'
import { isSshRecipient } from './ssh-recipient.ts'
import { sealStream } from './stream.ts'

/** One age file in the making. */
export interface AgeEncryption {
  /** 16 bytes that open this file alone, so that it can be proven before it is published; the caller wipes them. */
  readonly fileKey: Uint8Array
  /** The whole file, header first. Once: a second file under the same key would repeat its nonces. */
  ciphertext(plaintext: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array>
  /** The same for a reader that keeps nothing: a chunk is good only until the next is asked for. */
  ciphertextInTurns(plaintext: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array>
}

/**
 * Begins an age file (https://age-encryption.org/v1) to `recipients`, any one of whom can open it: age's own, or lines of OpenSSH
 * public key files (`ssh-ed25519`, `ssh-rsa`), which count as classic.
 *
 * @throws RedomaError `FORMAT_UNKNOWN` for what is no recipient; `USAGE` for none, or a mix of profiles: a file is only as
 * safe from a quantum computer as its weakest recipient, so `age` itself refuses a mix
 */
export async function beginAgeEncryption(
  recipients: readonly string[],
  primitives: Primitives,
): Promise<AgeEncryption> {
  requireOneProfile(recipients)
  const { header, fileKey } = await newHeader(recipients)
  const nonce = randomBytes(payloadNonceBytes)
  const key = payloadKey(fileKey, nonce)
  let isUsed = false
  const write = (plaintext: AsyncIterable<Uint8Array>, roomFor?: RoomFor): AsyncIterable<Uint8Array> => {
    if (isUsed) throw new RedomaError('INTERNAL', 'an age file is written once')
    isUsed = true
    return wholeFile(concatBytes([header, nonce]), key, sealStream(key, plaintext, primitives, roomFor))
  }
  return {
    fileKey,
    ciphertext: (plaintext) => write(plaintext),
    ciphertextInTurns: (plaintext) => write(plaintext, roomInTurns()),
  }
}

async function* wholeFile(
  start: Uint8Array,
  key: Uint8Array,
  payload: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  try {
    yield start
    yield* oneAhead(payload)
  } finally {
    wipe(key)
  }
}

function requireOneProfile(recipients: readonly string[]): void {
  const profiles = new Set(
    recipients.map((recipient) => (isSshRecipient(recipient) ? 'classic' : profileOf(recipient))),
  )
  if (profiles.size === 1) return
  throw new RedomaError(
    'USAGE',
    profiles.size === 0
      ? 'an age file needs a recipient'
      : 'an age file is for classic recipients or for post-quantum ones, not for both',
  )
}

/**
 * A small age file that a passphrase opens: `scrypt` with 2^`scryptLogN` rounds, 256 MiB and about a second at 18.
 * In memory: meant for identities.
 */
export async function encryptWithPassphrase(
  plaintext: Uint8Array,
  passphrase: Secret,
  scryptLogN = 18,
): Promise<Uint8Array> {
  const encrypter = new Encrypter()
  encrypter.addRecipient(passphraseRecipient(passphrase, scryptLogN))
  return encrypter.encrypt(plaintext)
}
