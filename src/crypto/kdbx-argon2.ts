import * as crypto from 'node:crypto'
import { promisify } from 'node:util'
import { argon2dAsync, argon2idAsync } from '@noble/hashes/argon2.js'
import type kdbxweb from 'kdbxweb'
import { RedomaError } from '../core/errors.ts'

/** RFC 9106; OpenSSL makes no other. KeePass has written it from the beginning of KDBX 4. */
const knownVersion = 0x13
const argon2id = 2

/**
 * Argon2 as kdbxweb asks for it (`memory` in KiB): by OpenSSL from Node.js 24.7 on, in JavaScript where the opener finds an older one.
 *
 * @throws RedomaError `FORMAT_UNKNOWN` for a version before 1.3
 */
export const kdbxArgon2: kdbxweb.CryptoEngine.Argon2Fn = async (
  password,
  salt,
  memory,
  iterations,
  length,
  parallelism,
  type,
  version,
) => {
  if (version !== knownVersion) {
    throw new RedomaError('FORMAT_UNKNOWN', 'the KeePass database uses a version of Argon2 before 1.3')
  }
  const [message, nonce] = [new Uint8Array(password), new Uint8Array(salt)]
  if (typeof crypto.argon2 === 'function') {
    const name = type === argon2id ? 'argon2id' : 'argon2d'
    const options = { message, nonce, memory, passes: iterations, parallelism, tagLength: length }
    return Uint8Array.from(await promisify(crypto.argon2)(name, options)).buffer
  }
  const derive = type === argon2id ? argon2idAsync : argon2dAsync
  const options = { m: memory, t: iterations, p: parallelism, dkLen: length, version }
  return Uint8Array.from(await derive(message, nonce, options)).buffer
}
