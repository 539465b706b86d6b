import { collectBytes, oneChunk, utf8Text, wipe } from '../../core/bytes.ts'
import { RedomaError } from '../../core/errors.ts'
import { Secret } from '../../core/secret.ts'
import { portablePrimitives } from '../portable.ts'
import { dearmor, isArmored } from './armor.ts'
import { decryptAge } from './decrypt.ts'
import { recipientOf } from './recipients.ts'

/** Thousands of identities: what is longer was not meant to be one. */
const fileLimitBytes = 256 * 1024

/**
 * The identities of an identity file as `age-keygen` writes it (one a line, `#` begins a comment), or of one encrypted
 * with a passphrase, armored or not, as `age -i` takes it. The passphrase is asked for only where it is needed.
 *
 * @throws RedomaError `KEY_WRONG`, `FORMAT_UNKNOWN`, `DATA_DAMAGED`, `LIMIT_EXCEEDED`
 */
export async function readIdentities(
  file: Uint8Array,
  askPassphrase: () => Promise<Secret>,
): Promise<readonly Secret[]> {
  if (file.length > fileLimitBytes) {
    throw new RedomaError('LIMIT_EXCEEDED', `an identity file has ${fileLimitBytes} bytes at most`)
  }
  const binary = isArmored(file) ? dearmor(file) : file
  if (!startsAsAgeFile(binary)) return parseIdentities(binary)
  const plaintext = await decryptWithPassphrase(binary, await askPassphrase())
  try {
    return await parseIdentities(plaintext)
  } finally {
    wipe(plaintext)
  }
}

function startsAsAgeFile(file: Uint8Array): boolean {
  return utf8Text(file.subarray(0, 19)) === 'age-encryption.org/'
}

function decryptWithPassphrase(file: Uint8Array, passphrase: Secret): Promise<Uint8Array> {
  const key = { kind: 'passphrase', passphrase } as const
  return collectBytes(decryptAge(oneChunk(file), key, portablePrimitives()), fileLimitBytes)
}

async function parseIdentities(text: Uint8Array): Promise<readonly Secret[]> {
  const lines = utf8Text(text).split('\n')
  const identities: Secret[] = []
  for (const [index, line] of lines.entries()) {
    const words = line.trim()
    if (words !== '' && !words.startsWith('#')) identities.push(await parseIdentity(words, index + 1))
  }
  if (identities.length === 0)
    throw new RedomaError('FORMAT_UNKNOWN', 'there is no age identity in this file')
  return identities
}

async function parseIdentity(words: string, line: number): Promise<Secret> {
  // The line is not shown: a file that is no identity file may hold other secrets.
  if (!words.startsWith('AGE-SECRET-KEY-')) {
    throw new RedomaError('FORMAT_UNKNOWN', `line ${line} of the identity file is not an age identity`)
  }
  const identity = new Secret(words)
  await recipientOf(identity)
  return identity
}
