import { randomBytes, type ScryptOptions, scrypt } from 'node:crypto'
import { chacha20poly1305 } from '@noble/ciphers/chacha.js'
import { type Identity, type Recipient, Stanza } from 'age-encryption'
import { fromBase64, toBase64 } from '../../core/base64.ts'
import { concatBytes } from '../../core/bytes.ts'
import { RedomaError } from '../../core/errors.ts'
import type { Secret } from '../../core/secret.ts'
import { tagBytes } from '../lengths.ts'
import { fileKeyBytes } from './payload-key.ts'

/** 2^20 rounds take 1 GiB and some seconds. A file that asks for more is an attack on the reader; typage and we refuse it. */
export const highestScryptLogN = 20

const stanzaType = 'scrypt'
const saltBytes = 16

/**
 * Wraps the file key with a passphrase (age spec, "scrypt recipient stanza"). Here and not typage's, because Node's scrypt
 * runs outside the event loop, and frees its 256 MiB at once.
 */
export function passphraseRecipient(passphrase: Secret, logN: number): Recipient {
  if (!Number.isInteger(logN) || logN < 1 || logN > highestScryptLogN) {
    throw new RedomaError('INTERNAL', `scrypt's work factor is ${logN}, expected 1 to ${highestScryptLogN}`)
  }
  return {
    async wrapFileKey(fileKey) {
      const salt = randomBytes(saltBytes)
      const wrappingKey = await deriveKey(passphrase, salt, logN)
      return [new Stanza([stanzaType, base64(salt), String(logN)], wrap(wrappingKey, fileKey))]
    },
  }
}

/** `null` where no stanza is for a passphrase, or this one does not fit. */
export function passphraseIdentity(passphrase: Secret): Identity {
  return {
    async unwrapFileKey(stanzas) {
      const stanza = stanzas.find(({ args }) => args[0] === stanzaType)
      if (stanza === undefined) return null
      const { salt, logN } = parseStanza(stanza)
      return unwrap(await deriveKey(passphrase, salt, logN), stanza.body)
    },
  }
}

export function isScryptStanza(stanza: Stanza): boolean {
  return stanza.args[0] === stanzaType
}

function parseStanza({ args, body }: Stanza): { readonly salt: Uint8Array; readonly logN: number } {
  const [, saltText = '', logNText = ''] = args
  const isWellFormed =
    args.length === 3 && /^[A-Za-z0-9+/]{22}$/.test(saltText) && /^[1-9][0-9]*$/.test(logNText)
  const salt = fromBase64(saltText)
  // 22 digits hold 132 bits: the last four must be zero, or one salt could be written in 16 ways.
  if (!isWellFormed || base64(salt) !== saltText || body.length !== fileKeyBytes + tagBytes) {
    throw new RedomaError('DATA_DAMAGED', 'the scrypt stanza of the age file is malformed')
  }
  const logN = Number(logNText)
  if (logN > highestScryptLogN) {
    throw new RedomaError(
      'LIMIT_EXCEEDED',
      `the age file asks for 2^${logNText} rounds of scrypt, at most 2^${highestScryptLogN} are done`,
    )
  }
  return { salt, logN }
}

function deriveKey(passphrase: Secret, salt: Uint8Array, logN: number): Promise<Uint8Array> {
  const labelledSalt = concatBytes([new TextEncoder().encode('age-encryption.org/v1/scrypt'), salt])
  const options: ScryptOptions = { N: 2 ** logN, r: 8, p: 1, maxmem: 2048 * 2 ** logN + 1024 * 1024 }
  return new Promise((resolve, reject) => {
    scrypt(new TextEncoder().encode(passphrase.reveal()), labelledSalt, 32, options, (error, key) => {
      if (error === null) resolve(key)
      else reject(error)
    })
  })
}

const zeroNonce = new Uint8Array(12)

function wrap(key: Uint8Array, fileKey: Uint8Array): Uint8Array {
  return chacha20poly1305(key, zeroNonce).encrypt(fileKey)
}

function unwrap(key: Uint8Array, body: Uint8Array): Uint8Array | null {
  try {
    return chacha20poly1305(key, zeroNonce).decrypt(body)
  } catch {
    return null
  }
}

function base64(bytes: Uint8Array): string {
  return toBase64(bytes).replaceAll('=', '')
}
