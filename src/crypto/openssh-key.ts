import { createPrivateKey, createPublicKey, randomBytes } from 'node:crypto'
import { RedomaError } from '../core/errors.ts'
import { Secret } from '../core/secret.ts'

/*
 * Private keys in OpenSSH's own format (PROTOCOL.key), which `ssh -i` reads. A field is its length (32 bits, big-endian), then its
 * bytes.
 */

const magic = Buffer.from('openssh-key-v1\0')
const firstLine = '-----BEGIN OPENSSH PRIVATE KEY-----'
const lastLine = '-----END OPENSSH PRIVATE KEY-----'
/** Of a cipher that is none: the private part is a whole number of these. */
const blockBytes = 8

/** An Ed25519 key (PKCS #8 PEM, as `generateSigningKey` gives it) as the text of a key file without a passphrase. */
export function openSshPrivateKey(key: Secret, comment: string): Secret {
  const privateKey = createPrivateKey(key.reveal())
  const { x = '' } = createPublicKey(privateKey).export({ format: 'jwk' })
  const { d = '' } = privateKey.export({ format: 'jwk' })
  const [point, seed] = [Buffer.from(x, 'base64url'), Buffer.from(d, 'base64url')]
  const publicBlob = Buffer.concat([field('ssh-ed25519'), field(point)])
  // The same number twice: whoever decrypts the part with the wrong passphrase sees two that differ.
  const check = randomBytes(4)
  const secretPart = Buffer.concat([
    check,
    check,
    publicBlob,
    field(Buffer.concat([seed, point])),
    field(comment),
  ])
  const padding = Buffer.from(
    Array.from({ length: -secretPart.length & (blockBytes - 1) }, (_, at) => at + 1),
  )
  const header = [magic, field('none'), field('none'), field(''), Buffer.of(0, 0, 0, 1)]
  const blob = Buffer.concat([...header, field(publicBlob), field(Buffer.concat([secretPart, padding]))])
  const lines = blob.toString('base64').match(/.{1,70}/g) ?? []
  return new Secret([firstLine, ...lines, lastLine, ''].join('\n'))
}

/**
 * The public side of a key file of OpenSSH, as in `authorized_keys` without a comment: `ssh-ed25519 AAAA…`. Of any type of key.
 *
 * @throws RedomaError `FORMAT_UNKNOWN`; `KEY_WRONG` when a passphrase protects it
 */
export function publicLineOf(keyFile: Secret): string {
  const [first, ...rest] = keyFile.reveal().trim().split(/\r?\n/)
  if (first !== firstLine || rest.pop() !== lastLine) throw notAKey()
  const reader = fieldsOf(Buffer.from(rest.join(''), 'base64'))
  const cipher = reader.field().toString()
  if (cipher !== 'none') throw new RedomaError('KEY_WRONG', 'a passphrase protects the private key')
  reader.field()
  reader.field()
  if (reader.number() !== 1) throw notAKey()
  const publicBlob = reader.field()
  return `${fieldOf(publicBlob).toString()} ${publicBlob.toString('base64')}`
}

function fieldsOf(blob: Buffer): { readonly field: () => Buffer; readonly number: () => number } {
  if (!blob.subarray(0, magic.length).equals(magic)) throw notAKey()
  let at = magic.length
  const number = (): number => {
    if (at + 4 > blob.length) throw notAKey()
    at += 4
    return blob.readUInt32BE(at - 4)
  }
  return {
    number,
    field() {
      const length = number()
      if (at + length > blob.length) throw notAKey()
      at += length
      return blob.subarray(at - length, at)
    },
  }
}

/** The first field of a blob, which is the type of a public key. */
function fieldOf(blob: Buffer): Buffer {
  const length = blob.length < 4 ? 0 : blob.readUInt32BE(0)
  const type = blob.subarray(4, 4 + length)
  if (!/^[a-z0-9@.-]{1,64}$/.test(type.toString())) throw notAKey()
  return type
}

function notAKey(): RedomaError {
  return new RedomaError('FORMAT_UNKNOWN', 'this is not a private key in the format of OpenSSH')
}

function field(content: string | Uint8Array): Buffer {
  const bytes = Buffer.from(content)
  const length = Buffer.alloc(4)
  length.writeUInt32BE(bytes.length)
  return Buffer.concat([length, bytes])
}
