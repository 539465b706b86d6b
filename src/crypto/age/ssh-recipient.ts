import { randomBytes } from 'node:crypto'
import { chacha20poly1305 } from '@noble/ciphers/chacha.js'
import { ed25519, x25519 } from '@noble/curves/ed25519.js'
import { hkdf } from '@noble/hashes/hkdf.js'
import { sha256 } from '@noble/hashes/sha2.js'
import { base64nopad } from '@scure/base'
import { type Recipient, Stanza } from 'age-encryption'
import { concatBytes, wipe } from '../../core/bytes.ts'
import { RedomaError } from '../../core/errors.ts'
import { encryptOaep } from './rsa-oaep.ts'
import { parseSshPublicKey } from './ssh-public-key.ts'

/*
 * age files to OpenSSH public keys, as `age -R id_ed25519.pub` writes them and `age -d -i id_ed25519` opens them (agessh of age's
 * reference implementation). Encrypting is all that is needed here: the private key stays with its owner.
 */

const rsaLabel = new TextEncoder().encode('age-encryption.org/v1/ssh-rsa')
const ed25519Label = new TextEncoder().encode('age-encryption.org/v1/ssh-ed25519')

/** Whether a recipient is a line of an OpenSSH public key file, of whatever type. */
export function isSshRecipient(recipient: string): boolean {
  return /^(?:ssh-|ecdsa-|sk-)\S+ /.test(recipient.trimStart())
}

/** @throws RedomaError `FORMAT_UNKNOWN` for what is no such key, or is of a type or size that age does not take */
export function sshRecipient(publicKeyLine: string): Recipient {
  const key = parseSshPublicKey(publicKeyLine)
  const tag = base64nopad.encode(sha256(key.blob).subarray(0, 4))
  if (key.type === 'ssh-rsa') {
    return {
      wrapFileKey: (fileKey) => [new Stanza(['ssh-rsa', tag], encryptOaep(key, fileKey, rsaLabel))],
    }
  }
  const theirs = montgomeryOf(key.point)
  return { wrapFileKey: (fileKey) => [wrapForEd25519(fileKey, theirs, key.blob, tag)] }
}

/** X25519 with the key's own point, seen as one of that curve, and a tweak from the key: the same point elsewhere gives another secret. */
function wrapForEd25519(fileKey: Uint8Array, theirs: Uint8Array, blob: Uint8Array, tag: string): Stanza {
  const ephemeral = randomBytes(32)
  const ours = x25519.getPublicKey(ephemeral)
  const tweak = hkdf(sha256, new Uint8Array(0), blob, ed25519Label, 32)
  const untweaked = x25519.getSharedSecret(ephemeral, theirs)
  const secret = x25519.scalarMult(tweak, untweaked)
  const key = hkdf(sha256, secret, concatBytes([ours, theirs]), ed25519Label, 32)
  const body = chacha20poly1305(key, new Uint8Array(12)).encrypt(fileKey)
  wipe(ephemeral, untweaked, secret, key)
  return new Stanza(['ssh-ed25519', tag, base64nopad.encode(ours)], body)
}

function montgomeryOf(bytes: Uint8Array): Uint8Array {
  if (isOfSmallOrder(bytes)) {
    throw new RedomaError('FORMAT_UNKNOWN', 'this SSH key is nobody’s: what is sealed to it, all can open')
  }
  return ed25519.utils.toMontgomery(bytes)
}

/** Such a point gives the same secret to everyone: 1, 2, 4 or 8 times itself is nothing. */
function isOfSmallOrder(bytes: Uint8Array): boolean {
  try {
    return ed25519.Point.fromBytes(bytes).isSmallOrder()
  } catch (error) {
    throw new RedomaError('FORMAT_UNKNOWN', 'this SSH key is not a point of its curve', { cause: error })
  }
}
