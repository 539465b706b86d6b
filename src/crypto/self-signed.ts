import { createPublicKey, type KeyObject, randomBytes, sign } from 'node:crypto'
import { isIP, isIPv4 } from 'node:net'
import { encodeDer, encodeInteger, encodeOid, tags } from './der.ts'

export interface CertificateWords {
  /** DNS names in ASCII, IPv4 and IPv6 addresses: one at least. The first one is the subject's, too. */
  readonly names: readonly string[]
  readonly from: Date
  readonly until: Date
}

/** Of RFC 5280 and X.690, beside those that time stamps need, too. */
const more = {
  bits: 0x03,
  utf8: 0x0c,
  utcTime: 0x17,
  context3: 0xa3,
  dnsName: 0x82,
  ipAddress: 0x87,
} as const

/**
 * A certificate (X.509, version 3) of a server that vouches for itself, as PEM: it signs nothing else, and is for TLS alone.
 *
 * @param key a private key on the curve P-256
 */
export function selfSignedCertificate(key: KeyObject, { names, from, until }: CertificateWords): string {
  const algorithm = sequence(encodeOid('1.2.840.10045.4.3.2'))
  const subject = nameOf(names[0] ?? '')
  const content = sequence(
    encodeDer(tags.context0, encodeInteger(Uint8Array.of(2))),
    encodeInteger(serialNumber()),
    algorithm,
    subject,
    sequence(timeOf(from), timeOf(until)),
    subject,
    createPublicKey(key).export({ type: 'spki', format: 'der' }),
    encodeDer(more.context3, sequence(...extensions(names))),
  )
  const whole = sequence(content, algorithm, bits(sign('sha256', content, key)))
  const lines =
    Buffer.from(whole)
      .toString('base64')
      .match(/.{1,64}/g) ?? []
  return ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n')
}

function sequence(...parts: readonly Uint8Array[]): Uint8Array {
  return encodeDer(tags.sequence, ...parts)
}

/** All of the last byte counts, but for `unused` bits of it. */
function bits(bytes: Uint8Array, unused = 0): Uint8Array {
  return encodeDer(more.bits, Uint8Array.of(unused), bytes)
}

/** Never zero, and always of one length (RFC 5280, 4.1.2.2: 20 bytes at most). */
function serialNumber(): Uint8Array {
  const number = randomBytes(16)
  number[0] = ((number[0] ?? 0) & 0x7f) | 0x40
  return number
}

/** 64 characters at most (RFC 5280, ub-common-name); all of the name is among the alternative ones. */
function nameOf(name: string): Uint8Array {
  const text = encodeDer(more.utf8, Buffer.from(name.slice(0, 64)))
  return sequence(encodeDer(tags.set, sequence(encodeOid('2.5.4.3'), text)))
}

/** Years from 2050 on have four digits (RFC 5280, 4.1.2.5). */
function timeOf(at: Date): Uint8Array {
  const digits = `${at.toISOString().slice(0, 19).replace(/[-:T]/g, '')}Z`
  return at.getUTCFullYear() < 2050
    ? encodeDer(more.utcTime, Buffer.from(digits.slice(2)))
    : encodeDer(tags.time, Buffer.from(digits))
}

function extensions(names: readonly string[]): Uint8Array[] {
  const isCritical = encodeDer(tags.boolean, Uint8Array.of(0xff))
  const digitalSignature = bits(Uint8Array.of(0x80), 7)
  const forServers = sequence(encodeOid('1.3.6.1.5.5.7.3.1'))
  const extension = (oid: string, ...parts: readonly Uint8Array[]): Uint8Array =>
    sequence(encodeOid(oid), ...parts)
  const value = (content: Uint8Array): Uint8Array => encodeDer(tags.octets, content)
  return [
    // basicConstraints: no authority. keyUsage, extKeyUsage, subjectAltName.
    extension('2.5.29.19', isCritical, value(sequence())),
    extension('2.5.29.15', isCritical, value(digitalSignature)),
    extension('2.5.29.37', value(forServers)),
    extension('2.5.29.17', value(sequence(...names.map(alternativeName)))),
  ]
}

function alternativeName(name: string): Uint8Array {
  return isIP(name) === 0
    ? encodeDer(more.dnsName, Buffer.from(name, 'ascii'))
    : encodeDer(more.ipAddress, addressBytes(name))
}

function addressBytes(address: string): Uint8Array {
  if (isIPv4(address)) return Uint8Array.from(address.split('.'), Number)
  // As WHATWG writes them: eight groups of hexadecimal digits, with one gap at most.
  const [head = '', tail] = new URL(`http://[${address}]`).hostname.slice(1, -1).split('::')
  const [before, after] = [head, tail ?? ''].map((part) => (part === '' ? [] : part.split(':')))
  const gap = Array.from({ length: 8 - (before?.length ?? 0) - (after?.length ?? 0) }, () => '0')
  const groups = [...(before ?? []), ...gap, ...(after ?? [])].map((group) => Number.parseInt(group, 16))
  return Uint8Array.from(groups.flatMap((group) => [group >> 8, group & 0xff]))
}
