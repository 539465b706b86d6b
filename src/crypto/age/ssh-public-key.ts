import { base64 } from '@scure/base'
import { RedomaError } from '../../core/errors.ts'

export type SshPublicKey = {
  /** As it goes over the wire: what fingerprints are made of. */
  readonly blob: Uint8Array
} & (
  | { readonly type: 'ssh-ed25519'; readonly point: Uint8Array }
  | {
      readonly type: 'ssh-rsa'
      readonly exponent: bigint
      readonly modulus: bigint
      readonly modulusBytes: number
    }
)

/** Below, age's reference implementation refuses a key; far above, one would take minutes. */
const [leastModulusBits, mostModulusBits] = [2048, 16_384]
const pointBytes = 32

/**
 * A line of an OpenSSH public key file, `ssh-ed25519 AAAA… comment`.
 *
 * @throws RedomaError `FORMAT_UNKNOWN`
 */
export function parseSshPublicKey(line: string): SshPublicKey {
  const [type = '', encoded = ''] = line.trim().split(/\s+/)
  const fields = wireFields(decodeBase64(encoded))
  const [innerType, first, second, ...more] = fields
  if (innerType === undefined || first === undefined || new TextDecoder().decode(innerType) !== type) {
    throw notAKey()
  }
  const blob = decodeBase64(encoded)
  if (type === 'ssh-ed25519' && second === undefined && first.length === pointBytes) {
    return { type, blob, point: first }
  }
  if (type === 'ssh-rsa' && second !== undefined && more.length === 0) {
    return { type, blob, ...requireStrongRsa(positiveNumber(first), positiveNumber(second)) }
  }
  if (type === 'ssh-ed25519' || type === 'ssh-rsa') throw notAKey()
  throw new RedomaError(
    'FORMAT_UNKNOWN',
    `age does not encrypt to SSH keys of the type ${JSON.stringify(type.slice(0, 60))}`,
    {
      hint: 'It takes ssh-ed25519 and ssh-rsa. One of these, or an age recipient, is made in a minute: ssh-keygen -t ed25519, or age-keygen.',
    },
  )
}

function requireStrongRsa(
  exponent: bigint,
  modulus: bigint,
): { readonly exponent: bigint; readonly modulus: bigint; readonly modulusBytes: number } {
  const bits = modulus.toString(2).length
  if (bits < leastModulusBits || bits > mostModulusBits) {
    throw new RedomaError('FORMAT_UNKNOWN', `the RSA key has ${bits} bits; ${leastModulusBits} are the least`)
  }
  const isSound = exponent > 2n && exponent < 2n ** 32n && exponent % 2n === 1n && modulus % 2n === 1n
  if (!isSound) throw notAKey()
  return { exponent, modulus, modulusBytes: Math.ceil(bits / 8) }
}

/** Fields of a length (32 bits, big-endian) and as many bytes, to the end. */
function wireFields(blob: Uint8Array): readonly Uint8Array[] {
  const view = new DataView(blob.buffer, blob.byteOffset, blob.byteLength)
  const fields: Uint8Array[] = []
  for (let at = 0; at < blob.length; ) {
    const start = at + 4
    const end = start > blob.length ? Infinity : start + view.getUint32(at)
    if (end > blob.length) throw notAKey()
    fields.push(blob.subarray(start, end))
    at = end
  }
  return fields
}

/** Two's complement, big-endian, and the shortest of these (RFC 4251, `mpint`). */
function positiveNumber(field: Uint8Array): bigint {
  const [first = 0, second = 0] = field
  const isShortest = field.length > 0 && first < 128 && (first !== 0 || second >= 128)
  if (!isShortest) throw notAKey()
  return field.reduce((number, byte) => (number << 8n) | BigInt(byte), 0n)
}

function decodeBase64(text: string): Uint8Array {
  try {
    return base64.decode(text)
  } catch {
    throw notAKey()
  }
}

function notAKey(): RedomaError {
  return new RedomaError('FORMAT_UNKNOWN', 'this is not the line of an OpenSSH public key file', {
    hint: 'Such as ~/.ssh/id_ed25519.pub: ssh-ed25519, a blank, and many letters.',
  })
}
