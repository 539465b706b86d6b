import { RedomaError } from '../../core/errors.ts'
import { requireLength, requireRoom, tagBytes } from '../lengths.ts'
import type { Primitives } from '../primitives.ts'
import type { Door, Pointer } from './door.ts'

type OpenSslPrimitives = Pick<
  Primitives,
  | 'sha256'
  | 'aes256Ctr'
  | 'aes128Block'
  | 'poly1305'
  | 'chacha20Poly1305Seal'
  | 'chacha20Poly1305Open'
  | 'aes256GcmOpen'
>

/**
 * OpenSSL 3, as in the Node binary. A context is made once and given a new key and nonce with each call; the few hundred
 * bytes of each live as long as the process, with the last key in them.
 *
 * @throws whatever the door throws where this Node has no such OpenSSL
 */
export function opensslPrimitives(door: Door): OpenSslPrimitives {
  return { ...hashing(door), ...aes(door), ...authentication(door), ...aead(door), ...gcm(door) }
}

function hashing(door: Door): Pick<OpenSslPrimitives, 'sha256'> {
  const digest = door.pointer('SHA256', 'void *', 'intptr_t', 'void *')
  return {
    sha256(data, out) {
      requireLength(out, 32, 'the output')
      if (digest(data, data.length, out) === null) throw failed('SHA256')
    },
  }
}

function aes(door: Door): Pick<OpenSslPrimitives, 'aes256Ctr' | 'aes128Block'> {
  const cipher = makeCipher(door, 'Encrypt')
  const counterMode = cipher.context('AES-256-CTR')
  const block = cipher.context('AES-128-ECB')
  return {
    aes256Ctr(key, iv, data, out) {
      requireLength(key, 32, 'the key')
      requireLength(iv, 16, 'the initial counter block')
      requireLength(out, data.length, 'the output')
      cipher.begin(counterMode, key, iv)
      cipher.update(counterMode, data, out)
    },
    aes128Block(key, input, out) {
      requireLength(key, 16, 'the key')
      requireLength(input, 16, 'the block')
      requireLength(out, 16, 'the output')
      cipher.begin(block, key, null)
      cipher.update(block, input, out)
    },
  }
}

function authentication(door: Door): Pick<OpenSslPrimitives, 'poly1305'> {
  const stateBytes = door.long('Poly1305_ctx_size', 'intptr_t')()
  const init = door.nothing('Poly1305_Init', 'void *', 'void *')
  const update = door.nothing('Poly1305_Update', 'void *', 'void *', 'intptr_t')
  const final = door.nothing('Poly1305_Final', 'void *', 'void *')
  // In doubles, so that it is aligned as a C struct must be.
  const state = new Uint8Array(new Float64Array(Math.ceil(stateBytes / 8)).buffer)
  return {
    poly1305(oneTimeKey, message, out) {
      requireLength(oneTimeKey, 32, 'the one-time key')
      requireLength(out, 16, 'the output')
      init(state, oneTimeKey)
      update(state, message, message.length)
      final(state, out)
    },
  }
}

function aead(door: Door): Pick<OpenSslPrimitives, 'chacha20Poly1305Seal' | 'chacha20Poly1305Open'> {
  const encryption = makeCipher(door, 'Encrypt')
  const decryption = makeCipher(door, 'Decrypt')
  const sealing = encryption.context('ChaCha20-Poly1305')
  const opening = decryption.context('ChaCha20-Poly1305')
  const tag = new Uint8Array(tagBytes)
  return {
    chacha20Poly1305Seal(key, nonce, plaintext, out) {
      requireKeyAndNonce(key, nonce)
      requireLength(out, plaintext.length + tagBytes, 'the output')
      encryption.begin(sealing, key, nonce)
      encryption.update(sealing, plaintext, out)
      if (!encryption.finish(sealing)) throw failed('EVP_EncryptFinal_ex')
      encryption.control(sealing, getTag, tag)
      out.set(tag, plaintext.length)
    },
    chacha20Poly1305Open(key, nonce, sealed, out) {
      requireKeyAndNonce(key, nonce)
      requireRoom(sealed, tagBytes)
      requireLength(out, sealed.length - tagBytes, 'the output')
      tag.set(sealed.subarray(out.length))
      decryption.begin(opening, key, nonce)
      decryption.control(opening, setTag, tag)
      decryption.update(opening, sealed.subarray(0, out.length), out)
      const isAuthentic = decryption.finish(opening)
      if (!isAuthentic) out.fill(0)
      return isAuthentic
    },
  }
}

function gcm(door: Door): Pick<OpenSslPrimitives, 'aes256GcmOpen'> {
  const cipher = makeCipher(door, 'Decrypt')
  const opening = cipher.context('AES-256-GCM')
  const tag = new Uint8Array(tagBytes)
  return {
    aes256GcmOpen(key, nonce, associatedData, sealed, out) {
      requireKeyAndNonce(key, nonce)
      requireRoom(sealed, tagBytes)
      requireLength(out, sealed.length - tagBytes, 'the output')
      // By hand, and without a view of the ciphertext: of so short a value both would cost as much as the cipher.
      for (let at = 0; at < tagBytes; at++) tag[at] = sealed[out.length + at] ?? 0
      cipher.begin(opening, key, nonce)
      cipher.control(opening, setTag, tag)
      cipher.update(opening, associatedData, null)
      cipher.update(opening, sealed, out, out.length)
      const isAuthentic = cipher.finish(opening)
      if (!isAuthentic) out.fill(0)
      return isAuthentic
    },
  }
}

// EVP_CTRL_AEAD_GET_TAG and EVP_CTRL_AEAD_SET_TAG of openssl/evp.h.
const getTag = 0x10
const setTag = 0x11
/** OpenSSL counts in C's `int`. */
const longestInput = 2 ** 31 - 1

interface Cipher {
  context(algorithm: string): Pointer
  begin(context: Pointer, key: Uint8Array, iv: Uint8Array | null): void
  /** The first `length` bytes of `data`: all, where that is not said. Of associated data nothing comes out: `null`. */
  update(context: Pointer, data: Uint8Array, out: Uint8Array | null, length?: number): void
  /** False when the tag is wrong. */
  finish(context: Pointer): boolean
  control(context: Pointer, command: number, tag: Uint8Array): void
}

function makeCipher(door: Door, direction: 'Encrypt' | 'Decrypt'): Cipher {
  const newContext = door.pointer('EVP_CIPHER_CTX_new')
  const fetch = door.pointer('EVP_CIPHER_fetch', 'void *', 'str', 'str')
  const init = door.integer(`EVP_${direction}Init_ex2`, 'void *', 'void *', 'void *', 'void *', 'void *')
  const updateContext = door.integer(`EVP_${direction}Update`, 'void *', 'void *', 'void *', 'void *', 'int')
  const final = door.integer(`EVP_${direction}Final_ex`, 'void *', 'void *', 'void *')
  const controlContext = door.integer('EVP_CIPHER_CTX_ctrl', 'void *', 'int', 'int', 'void *')
  const [initName, updateName] = [`EVP_${direction}Init_ex2`, `EVP_${direction}Update`]
  const written = new Int32Array(1)
  const rest = new Uint8Array(32)
  return {
    context(algorithm) {
      const context = newContext()
      const cipher = fetch(null, algorithm, null)
      if (context === null || cipher === null) throw failed(`EVP_CIPHER_fetch of ${algorithm}`)
      require1(init(context, cipher, null, null, null), `EVP_${direction}Init_ex2`)
      return context
    },
    begin(context, key, iv) {
      require1(init(context, null, key, iv, null), initName)
    },
    update(context, data, out, length = data.length) {
      if (length === 0) return
      if (length > longestInput || length > data.length)
        throw failed(`EVP_${direction}Update of ${length} bytes`)
      require1(updateContext(context, out, written, data, length), updateName)
      if (written[0] !== length) throw failed(`EVP_${direction}Update`)
    },
    finish: (context) => final(context, rest, written) === 1,
    control(context, command, tag) {
      require1(controlContext(context, command, tag.length, tag), 'EVP_CIPHER_CTX_ctrl')
    },
  }
}

function requireKeyAndNonce(key: Uint8Array, nonce: Uint8Array): void {
  requireLength(key, 32, 'the key')
  requireLength(nonce, 12, 'the nonce')
}

function require1(result: number, call: string): void {
  if (result !== 1) throw failed(call)
}

function failed(call: string): RedomaError {
  return new RedomaError('INTERNAL', `OpenSSL's ${call} failed`)
}
