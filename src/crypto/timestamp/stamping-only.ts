import { equalBytes } from '../../core/bytes.ts'
import { childrenOf, contentOf, type DerValue, encodeOid, readDer, tags } from '../der.ts'

/** `[3]`, in which a certificate has its extensions (RFC 5280, 4.1). */
const extensionsTag = 0xa3
const bitStringTag = 0x03

const oids = {
  keyUsage: encodeOid('2.5.29.15'),
  extendedKeyUsage: encodeOid('2.5.29.37'),
  timeStamping: encodeOid('1.3.6.1.5.5.7.3.8'),
} as const

/**
 * Whether the key of a certificate is for time stamps and nothing else, so that a key that also signs programs or mail, and is used by more hands, makes
 * none: one extended key usage, `timeStamping`, marked critical (RFC 3161, 2.3), and where it has a key usage, no other than `digitalSignature` and
 * `nonRepudiation`. As OpenSSL has it.
 *
 * @param certificate DER
 * @throws RedomaError `DATA_DAMAGED`
 */
export function isForStampsOnly(certificate: Uint8Array): boolean {
  const [toBeSigned] = childrenOf(readDer(certificate))
  const wrapped = childrenOf(toBeSigned).find(({ tag }) => tag === extensionsTag)
  const extensions = wrapped === undefined ? [] : childrenOf(readDer(wrapped.content)).map(parseExtension)
  const extended = extensions.filter(({ oid }) => equalBytes(oid, oids.extendedKeyUsage))
  const usages = extensions.filter(({ oid }) => equalBytes(oid, oids.keyUsage))
  const [only] = extended
  // Twice the same extension: who verifies could see the other one (RFC 5280, 4.2).
  if (only === undefined || extended.length > 1 || usages.length > 1) return false
  const purposes = childrenOf(readDer(only.value))
  const [purpose] = purposes
  if (!only.isCritical || purposes.length !== 1 || purpose === undefined) return false
  return equalBytes(purpose.whole, oids.timeStamping) && usages.every(({ value }) => onlySigns(value))
}

interface Extension {
  /** With its tag. */
  readonly oid: Uint8Array
  readonly isCritical: boolean
  /** DER. */
  readonly value: Uint8Array
}

function parseExtension(extension: DerValue): Extension {
  const [oid, ...rest] = childrenOf(extension)
  const critical = rest.find(({ tag }) => tag === tags.boolean)
  return {
    oid: oid?.whole ?? new Uint8Array(),
    isCritical: critical?.content[0] === 0xff,
    value: contentOf(rest.at(-1), tags.octets),
  }
}

/** The two first bits, and no other: `digitalSignature`, `nonRepudiation`. */
function onlySigns(keyUsage: Uint8Array): boolean {
  const [unused, first = 0, ...more] = contentOf(readDer(keyUsage), bitStringTag)
  return unused !== undefined && first !== 0 && (first & 0x3f) === 0 && more.every((byte) => byte === 0)
}
