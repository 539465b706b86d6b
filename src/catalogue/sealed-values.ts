import { wipe } from '../core/bytes.ts'
import { Secret } from '../core/secret.ts'
import { open, seal } from '../crypto/sealing.ts'

/**
 * Seals and opens values of the catalogue under the instance's key. `place` names table, row and column, so that a
 * ciphertext which somebody moved to another place is refused.
 */
export interface SealedValues {
  seal(place: string, secret: Secret): Uint8Array
  /** @throws RedomaError `INSTANCE_KEY_WRONG` */
  open(place: string, sealed: Uint8Array): Secret
  sealBytes(place: string, bytes: Uint8Array): Uint8Array
  /** @throws RedomaError `INSTANCE_KEY_WRONG` */
  openBytes(place: string, sealed: Uint8Array): Uint8Array
  /** Overwrites the key; nothing can be sealed or opened any more. */
  forgetKey(): void
}

export function sealedValues(instanceKey: Uint8Array): SealedValues {
  const key = () => {
    if (instanceKey.every((byte) => byte === 0)) throw new TypeError('the catalogue is closed')
    return instanceKey
  }
  return {
    seal: (place, secret) => seal(key(), Buffer.from(secret.reveal()), place),
    open: (place, sealed) => new Secret(Buffer.from(open(key(), sealed, place)).toString()),
    sealBytes: (place, bytes) => seal(key(), bytes, place),
    openBytes: (place, sealed) => open(key(), sealed, place),
    forgetKey: () => {
      wipe(instanceKey)
    },
  }
}
