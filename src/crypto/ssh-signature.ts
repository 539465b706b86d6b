import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  sign,
  verify,
} from 'node:crypto'
import { fromBase64, toBase64 } from '../core/base64.ts'
import { concatBytes, equalBytes, fromHex, viewOf } from '../core/bytes.ts'
import { Secret } from '../core/secret.ts'
import { withoutLast } from '../core/without-last.ts'

/*
 * Signatures in OpenSSH's format (PROTOCOL.sshsig), with Ed25519 and SHA-512: `ssh-keygen -Y verify` checks them on any
 * machine. A field is its length (32 bits, big-endian), then its bytes.
 */

const keyType = 'ssh-ed25519'
const magic = new TextEncoder().encode('SSHSIG')
const version = Uint8Array.of(0, 0, 0, 1)
const hashName = 'sha512'
const publicKeyBytes = 32
const signatureBytes = 64
/** An Ed25519 public key in SubjectPublicKeyInfo (RFC 8410): this, then its 32 bytes. */
const spkiPrefix = fromHex('302a300506032b6570032100')

/** A new Ed25519 key, as PKCS #8 PEM. */
export function generateSigningKey(): Secret {
  const { privateKey } = generateKeyPairSync('ed25519')
  return new Secret(privateKey.export({ type: 'pkcs8', format: 'pem' }).toString())
}

/** As in `authorized_keys`: `ssh-ed25519 AAAA… comment`. One line, whatever the comment. */
export function publicKeyLine(signingKey: Secret, comment: string): string {
  const blob = publicKeyBlob(createPublicKey(createPrivateKey(signingKey.reveal())))
  return `${keyType} ${toBase64(blob)} ${comment.replace(/\p{Cc}+/gu, ' ')}`.trimEnd()
}

/** `SHA256:…` of a line `ssh-ed25519 AAAA…`, as `ssh-keygen -l` shows it. */
export function sshFingerprint(publicKeyLine: string): string {
  const [, base64 = ''] = publicKeyLine.split(' ')
  const digest = createHash('sha256').update(fromBase64(base64)).digest()
  return `SHA256:${withoutLast(toBase64(digest), '=')}`
}

/** The armored signature; `namespace` keeps it from counting for anything else. */
export function signDetached(signingKey: Secret, namespace: string, message: Uint8Array): string {
  const privateKey = createPrivateKey(signingKey.reveal())
  const publicBlob = publicKeyBlob(createPublicKey(privateKey))
  const signature = sign(null, signedData(namespace, message), privateKey)
  return armor(concatBytes([blobBeforeSignature(publicBlob, namespace), signature]))
}

/** Whether `signature` is of this key, for this namespace and message. False, too, for whatever is not well-formed. */
export function verifyDetached(
  publicKeyLine: string,
  namespace: string,
  message: Uint8Array,
  signature: string,
): boolean {
  const publicBlob = parsePublicKeyLine(publicKeyLine)
  const blob = dearmor(signature)
  if (publicBlob === undefined || blob === undefined) return false
  // With key and namespace given, all of the blob but the signature proper is known beforehand: nothing to parse.
  const expectedStart = blobBeforeSignature(publicBlob, namespace)
  const rawSignature = blob.subarray(expectedStart.length)
  if (rawSignature.length !== signatureBytes) return false
  if (!equalBytes(blob.subarray(0, expectedStart.length), expectedStart)) return false
  return verify(null, signedData(namespace, message), publicKeyOf(publicBlob), rawSignature)
}

function blobBeforeSignature(publicBlob: Uint8Array, namespace: string): Uint8Array {
  const signatureStart = concatBytes([field(keyType), length(signatureBytes)])
  const fields = [field(publicBlob), field(namespace), field(''), field(hashName)]
  return concatBytes([
    magic,
    version,
    ...fields,
    length(signatureStart.length + signatureBytes),
    signatureStart,
  ])
}

function signedData(namespace: string, message: Uint8Array): Uint8Array {
  const digest = createHash(hashName).update(message).digest()
  return concatBytes([magic, field(namespace), field(''), field(hashName), field(digest)])
}

function publicKeyBlob(publicKey: KeyObject): Uint8Array {
  const spki = publicKey.export({ type: 'spki', format: 'der' })
  return concatBytes([field(keyType), field(spki.subarray(spkiPrefix.length))])
}

function publicKeyOf(publicBlob: Uint8Array): KeyObject {
  const spki = concatBytes([spkiPrefix, publicBlob.subarray(-publicKeyBytes)])
  return createPublicKey({ key: toBase64(spki), format: 'der', encoding: 'base64', type: 'spki' })
}

function parsePublicKeyLine(line: string): Uint8Array | undefined {
  const [type, base64] = line.trim().split(/\s+/)
  if (type !== keyType || base64 === undefined) return undefined
  const blob = fromBase64(base64)
  const expectedStart = concatBytes([field(keyType), length(publicKeyBytes)])
  const isWellFormed =
    blob.length === expectedStart.length + publicKeyBytes &&
    equalBytes(blob.subarray(0, expectedStart.length), expectedStart)
  return isWellFormed ? blob : undefined
}

function field(content: string | Uint8Array): Uint8Array {
  const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content
  return concatBytes([length(bytes.length), bytes])
}

function length(value: number): Uint8Array {
  const bytes = new Uint8Array(4)
  viewOf(bytes).setUint32(0, value)
  return bytes
}

const firstLine = '-----BEGIN SSH SIGNATURE-----'
const lastLine = '-----END SSH SIGNATURE-----'

function armor(blob: Uint8Array): string {
  const lines = toBase64(blob).match(/.{1,70}/g) ?? []
  return [firstLine, ...lines, lastLine, ''].join('\n')
}

function dearmor(text: string): Uint8Array | undefined {
  const lines = text.trim().split(/\r?\n/)
  if (lines.shift() !== firstLine || lines.pop() !== lastLine) return undefined
  const base64 = lines.join('')
  const blob = fromBase64(base64)
  // Node's decoder skips what it does not know; one signature has one text.
  return toBase64(blob) === base64 ? blob : undefined
}
