import { randomFillSync } from 'node:crypto'
import { wipe } from '../../core/bytes.ts'
import { RedomaError } from '../../core/errors.ts'

/** What one envelope is sealed and opened with: the master key of a repository, or a key made from a password. */
export interface SealingKey {
  /** AES-256, 32 bytes. */
  readonly encryption: Uint8Array
  /** The AES-128 key of Poly1305-AES, 16 bytes. */
  readonly macK: Uint8Array
  /** The multiplier of Poly1305-AES, 16 bytes, not clamped. */
  readonly macR: Uint8Array
}

export function randomSealingKey(): SealingKey {
  return sealingKeyFrom(randomFillSync(new Uint8Array(64)))
}

/**
 * A key of its 64 bytes, in the order that scrypt gives them: encryption key, k, r. It shares their memory.
 *
 * @throws RedomaError `DATA_DAMAGED` when a part is all zero, as restic refuses it
 */
export function sealingKeyFrom(bytes: Uint8Array): SealingKey {
  return checkedKey({
    encryption: bytes.subarray(0, 32),
    macK: bytes.subarray(32, 48),
    macR: bytes.subarray(48, 64),
  })
}

/** @throws RedomaError `DATA_DAMAGED` when a part has not its length, or is all zero */
export function checkedKey(key: SealingKey): SealingKey {
  const sound = (part: Uint8Array, length: number): boolean =>
    part.length === length && part.some((byte) => byte !== 0)
  if (!sound(key.encryption, 32) || !sound(key.macK, 16) || !sound(key.macR, 16)) {
    throw new RedomaError('DATA_DAMAGED', 'a key of the repository is not valid')
  }
  return key
}

export function wipeSealingKey(key: SealingKey): void {
  wipe(key.encryption, key.macK, key.macR)
}
