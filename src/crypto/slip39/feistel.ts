import { pbkdf2 } from '@noble/hashes/pbkdf2.js'
import { sha256 } from '@noble/hashes/sha2.js'
import { concatBytes, wipe } from '../../core/bytes.ts'

/** What of a set of shares goes into the encryption of its secret. */
export interface Encryption {
  readonly identifier: number
  readonly extendable: boolean
  readonly iterationExponent: number
}

const rounds = [0, 1, 2, 3] as const
/** Of all rounds together, at exponent 0. */
const iterations = 10_000

/** The secret as it is shared: encrypted with a passphrase (SLIP-39, "Encrypting the master secret"). */
export function encryptSecret(secret: Uint8Array, passphrase: string, encryption: Encryption): Uint8Array {
  return feistel(secret, passphrase, encryption, rounds)
}

export function decryptSecret(encrypted: Uint8Array, passphrase: string, encryption: Encryption): Uint8Array {
  return feistel(encrypted, passphrase, encryption, rounds.toReversed())
}

function feistel(
  input: Uint8Array,
  passphrase: string,
  encryption: Encryption,
  order: readonly number[],
): Uint8Array {
  const half = input.length / 2
  // Copies, also of a Buffer, whose own `slice` would be a view: what is wiped is ours.
  let [left, right]: [Uint8Array, Uint8Array] = [
    Uint8Array.from(input.subarray(0, half)),
    Uint8Array.from(input.subarray(half)),
  ]
  const password = new TextEncoder().encode(passphrase)
  for (const round of order) {
    const mask = roundMask(round, password, right, encryption)
    for (let at = 0; at < half; at++) mask[at] = (mask[at] ?? 0) ^ (left[at] ?? 0)
    wipe(left)
    ;[left, right] = [right, mask]
  }
  const output = concatBytes([right, left])
  wipe(left, right, password)
  return output
}

function roundMask(
  round: number,
  password: Uint8Array,
  right: Uint8Array,
  { identifier, extendable, iterationExponent }: Encryption,
): Uint8Array {
  const prefix = extendable
    ? []
    : [new TextEncoder().encode('shamir'), Uint8Array.of(identifier >> 8, identifier & 0xff)]
  return pbkdf2(sha256, concatBytes([Uint8Array.of(round), password]), concatBytes([...prefix, right]), {
    c: (iterations / rounds.length) * 2 ** iterationExponent,
    dkLen: right.length,
  })
}
