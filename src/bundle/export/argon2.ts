import { argon2 as nodeArgon2 } from 'node:crypto'
import { promisify } from 'node:util'
import type kdbxweb from 'kdbxweb'

const derive = promisify(nodeArgon2)
const argon2id = 2

/** Argon2 as kdbxweb asks for it (`memory` in KiB), by OpenSSL. */
export const argon2: kdbxweb.CryptoEngine.Argon2Fn = async (
  password,
  salt,
  memory,
  iterations,
  length,
  parallelism,
  type,
) => {
  const key = await derive(type === argon2id ? 'argon2id' : 'argon2d', {
    message: new Uint8Array(password),
    nonce: new Uint8Array(salt),
    memory,
    passes: iterations,
    parallelism,
    tagLength: length,
  })
  return Uint8Array.from(key).buffer
}
