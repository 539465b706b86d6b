import { wipe } from '../core/bytes.ts'
import { Secret } from '../core/secret.ts'
import { type Gcm, open, seal, textOpener } from '../crypto/sealing.ts'
import type { ValueTags } from '../ports/bundle-store.ts'
import type { CredentialRecord } from '../ports/credential.ts'
import { type AuditMac, makeAuditMac } from './audit-chain.ts'
import { makePassMac } from './pass-marks.ts'
import { makeTagger } from './value-tags.ts'

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
  /** The same values, for who opens hundreds of thousands of them: what that takes is loaded first. */
  forMany(): Promise<SealedValues>
  /** Marks of a credential's values, which tell whether two are equal and nothing else. */
  tagValues(source: string, record: CredentialRecord): ValueTags
  /** HMAC-SHA-256 of a line of the audit trail, lower-case hex. */
  auditMac(text: string): string
  /** HMAC-SHA-256 of what a pass is and of its secret, lower-case hex. */
  passMac(text: string): string
  /** Overwrites the key; nothing can be sealed or opened any more. */
  forgetKey(): void
}

/** @param loadGcm native primitives; where it is not given, those of `node:crypto` open everything */
export function sealedValues(instanceKey: Uint8Array, loadGcm?: () => Promise<Gcm>): SealedValues {
  return valuesWith(instanceKey, undefined, loadGcm)
}

function valuesWith(
  instanceKey: Uint8Array,
  gcm: Gcm | undefined,
  loadGcm: (() => Promise<Gcm>) | undefined,
): SealedValues {
  const key = () => {
    if (isForgotten(instanceKey)) throw new TypeError('the catalogue is closed')
    return instanceKey
  }
  const openMany = gcm === undefined ? undefined : textOpener(gcm)
  let tagger: ReturnType<typeof makeTagger> | undefined
  let auditMac: AuditMac | undefined
  let passMac: AuditMac | undefined
  return {
    seal: (place, secret) => seal(key(), Buffer.from(secret.reveal()), place),
    open: (place, sealed) =>
      openMany === undefined
        ? secretOf(open(key(), sealed, place))
        : new Secret(openMany(key(), sealed, place)),
    sealBytes: (place, bytes) => seal(key(), bytes, place),
    openBytes: (place, sealed) => open(key(), sealed, place, gcm),
    forMany: async () => valuesWith(instanceKey, await loadGcm?.(), loadGcm),
    tagValues(source, record) {
      tagger ??= makeTagger(key())
      return tagger(source, record)
    },
    auditMac(text) {
      auditMac ??= makeAuditMac(key())
      return auditMac(text)
    },
    passMac(text) {
      passMac ??= makePassMac(key())
      return passMac(text)
    },
    forgetKey: () => {
      wipe(instanceKey)
      tagger = undefined
      auditMac = undefined
      passMac = undefined
    },
  }
}

function isForgotten(key: Uint8Array): boolean {
  for (const byte of key) if (byte !== 0) return false
  return true
}

function secretOf({ buffer, byteOffset, byteLength }: Uint8Array): Secret {
  return new Secret(Buffer.from(buffer, byteOffset, byteLength).toString())
}
