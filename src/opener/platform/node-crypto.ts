import { ed25519 } from '@noble/curves/ed25519.js'
import { hkdf } from '@noble/hashes/hkdf.js'
import { hmac } from '@noble/hashes/hmac.js'
import { sha1 } from '@noble/hashes/legacy.js'
import { scrypt as deriveKey } from '@noble/hashes/scrypt.js'
import { sha256, sha512 } from '@noble/hashes/sha2.js'
import { randomBytes as noise } from '@noble/hashes/utils.js'
import { fromBase64 } from '../../core/base64.ts'
import { equalBytes, toHex, viewOf } from '../../core/bytes.ts'
import { RedomaError } from '../../core/errors.ts'

/*
 * Stands for `node:crypto` in the page: as much of it as the shared modules use, on @noble. What they use and is not here stops the
 * build.
 */

const hashes = { sha1, sha256, sha512 }
type HashName = keyof typeof hashes

interface Digest {
  update(data: Uint8Array | string): Digest
  digest(): Uint8Array
  digest(encoding: 'hex'): string
}

export function createHash(name: HashName): Digest {
  return digestOf(hashes[name].create())
}

export function createHmac(name: HashName, key: Uint8Array): Digest {
  return digestOf(hmac.create(hashes[name], key))
}

function digestOf(state: { update(data: Uint8Array): unknown; digest(): Uint8Array }): Digest {
  function digest(): Uint8Array
  function digest(encoding: 'hex'): string
  function digest(encoding?: 'hex'): Uint8Array | string {
    const bytes = state.digest()
    return encoding === 'hex' ? toHex(bytes) : bytes
  }
  const self: Digest = {
    update(data) {
      state.update(typeof data === 'string' ? new TextEncoder().encode(data) : data)
      return self
    },
    digest,
  }
  return self
}

export function hkdfSync(
  name: HashName,
  key: Uint8Array,
  salt: Uint8Array | string,
  info: string,
  length: number,
): ArrayBuffer {
  const saltBytes = typeof salt === 'string' ? new TextEncoder().encode(salt) : salt
  return hkdf(hashes[name], key, saltBytes, new TextEncoder().encode(info), length).slice().buffer
}

export function randomBytes(length: number): Uint8Array {
  return noise(length)
}

/** 0 to `limit` - 1, each as likely as the others: what would make some likelier is drawn again. */
export function randomInt(limit: number): number {
  const most = 2 ** 32 - (2 ** 32 % limit)
  for (;;) {
    const drawn = viewOf(noise(4)).getUint32(0)
    if (drawn < most) return drawn % limit
  }
}

/** In JavaScript no comparison takes a time that is promised; nobody measures it in a page without a network. */
export function timingSafeEqual(a: Uint8Array, b: Uint8Array): boolean {
  return equalBytes(a, b)
}

let tellProgress: (done: number) => void = () => undefined

/** Who is told how much of a scrypt is done, 0 to 1. */
export function onScryptProgress(tell: (done: number) => void): void {
  tellProgress = tell
}

export interface ScryptOptions {
  readonly N: number
  readonly r: number
  readonly p: number
  readonly maxmem: number
}

/** All at once, and not by turns as Node does: the page calls it in a worker, where nobody waits for anything else. */
export function scrypt(
  password: Uint8Array,
  salt: Uint8Array,
  length: number,
  { N, r, p, maxmem }: ScryptOptions,
  done: (error: Error | null, key: Uint8Array) => void,
): void {
  done(null, deriveKey(password, salt, { N, r, p, maxmem, dkLen: length, onProgress: tellProgress }))
}

/** An Ed25519 key: 32 bytes. */
export interface KeyObject {
  readonly raw: Uint8Array
}

/** Out of a SubjectPublicKeyInfo (RFC 8410), in base64. */
export function createPublicKey({ key }: { readonly key: string }): KeyObject {
  return { raw: fromBase64(key).subarray(-32) }
}

export function verify(_algorithm: null, data: Uint8Array, key: KeyObject, signature: Uint8Array): boolean {
  try {
    return ed25519.verify(signature, data, key.raw)
  } catch {
    return false
  }
}

/** Nothing is ever signed in the page. */
export const createPrivateKey = absent
export const generateKeyPairSync = absent
export const sign = absent

function absent(): never {
  throw new RedomaError('INTERNAL', 'the opener page has no such primitive')
}
