import { randomFillSync, timingSafeEqual } from 'node:crypto'
import { RedomaError } from '../../core/errors.ts'
import type { Primitives } from '../../crypto/primitives.ts'
import type { SealingKey } from './sealing-key.ts'

export const ivBytes = 16
const macBytes = 16
/** How much longer than its content an envelope is. */
export const envelopeOverhead = ivBytes + macBytes

/**
 * Authenticated encryption as restic has it: `IV ‖ AES-256-CTR(content) ‖ Poly1305-AES(ciphertext)`. One thread, one envelope
 * maker; nothing is allocated for `sealInto` and `openInto`.
 */
export interface Envelope {
  /**
   * Seals into `out`, which is exactly `envelopeOverhead` longer. The content may already lie in `out` at `ivBytes`: then
   * nothing is copied.
   */
  sealInto(content: Uint8Array, out: Uint8Array): void
  /**
   * Opens into `out`, which is exactly `envelopeOverhead` shorter; it may be the middle of `sealed` itself.
   *
   * @throws RedomaError `DATA_DAMAGED`, with `out` untouched, when it was altered or sealed with another key
   */
  openInto(sealed: Uint8Array, out: Uint8Array): void
  seal(content: Uint8Array): Uint8Array
  open(sealed: Uint8Array): Uint8Array
}

/** `randomIv` fills 16 bytes that never repeat; only vectors have their own. */
export function makeEnvelope(
  key: SealingKey,
  primitives: Primitives,
  randomIv: (iv: Uint8Array) => void = pooledIvs(),
): Envelope {
  const oneTimeKey = new Uint8Array(32)
  const mac = new Uint8Array(macBytes)

  const computeMac = (iv: Uint8Array, ciphertext: Uint8Array, out: Uint8Array): void => {
    oneTimeKey.set(key.macR)
    primitives.aes128Block(key.macK, iv, oneTimeKey.subarray(16))
    primitives.poly1305(oneTimeKey, ciphertext, out)
  }

  const sealInto = (content: Uint8Array, out: Uint8Array): void => {
    requireLength(out, content.length + envelopeOverhead)
    const { iv, ciphertext, tag } = partsOf(out)
    randomIv(iv)
    if (isZero(iv)) throw new RedomaError('INTERNAL', 'the random number generator gave zeros')
    primitives.aes256Ctr(key.encryption, iv, content, ciphertext)
    computeMac(iv, ciphertext, tag)
  }

  const openInto = (sealed: Uint8Array, out: Uint8Array): void => {
    if (sealed.length < envelopeOverhead) throw damaged('is cut off')
    requireLength(out, sealed.length - envelopeOverhead)
    const { iv, ciphertext, tag } = partsOf(sealed)
    if (isZero(iv)) throw damaged('has an invalid nonce')
    computeMac(iv, ciphertext, mac)
    if (!timingSafeEqual(mac, tag)) throw damaged('was altered, or sealed with another key')
    primitives.aes256Ctr(key.encryption, iv, ciphertext, out)
  }

  return {
    sealInto,
    openInto,
    seal: (content) => {
      const out = new Uint8Array(content.length + envelopeOverhead)
      sealInto(content, out)
      return out
    },
    open: (sealed) => {
      const out = new Uint8Array(Math.max(sealed.length - envelopeOverhead, 0))
      openInto(sealed, out)
      return out
    },
  }
}

/** Many at a time: asking the generator costs more than to seal a small blob. */
function pooledIvs(): (iv: Uint8Array) => void {
  const pool = new Uint8Array(256 * ivBytes)
  let used = pool.length
  return (iv) => {
    if (used === pool.length) {
      randomFillSync(pool)
      used = 0
    }
    iv.set(pool.subarray(used, used + ivBytes))
    used += ivBytes
  }
}

function partsOf(sealed: Uint8Array): { iv: Uint8Array; ciphertext: Uint8Array; tag: Uint8Array } {
  return {
    iv: sealed.subarray(0, ivBytes),
    ciphertext: sealed.subarray(ivBytes, -macBytes),
    tag: sealed.subarray(-macBytes),
  }
}

function isZero(bytes: Uint8Array): boolean {
  for (const byte of bytes) if (byte !== 0) return false
  return true
}

function requireLength(out: Uint8Array, length: number): void {
  if (out.length !== length)
    throw new RedomaError('INTERNAL', `room for ${out.length} bytes, needed ${length}`)
}

function damaged(what: string): RedomaError {
  return new RedomaError('DATA_DAMAGED', `an encrypted part of the repository ${what}`)
}
