import { equalBytes } from '../../core/bytes.ts'
import { RedomaError } from '../../core/errors.ts'
import {
  childrenOf,
  contentOf,
  type DerValue,
  encodeDer,
  encodeInteger,
  encodeOid,
  readDer,
  tags,
} from '../der.ts'
import { sha256Oid } from './request.ts'

/** A reply in its parts; nothing is verified yet. */
export interface ParsedReply {
  /** Of what was stamped: SHA-256. */
  readonly imprint: Uint8Array
  /** As an encoded INTEGER; absent where the reply has none. */
  readonly nonce: Uint8Array | undefined
  readonly time: Date
  /** The signed text, `TSTInfo`. */
  readonly content: Uint8Array
  /** DER of every certificate in the reply. */
  readonly certificates: readonly Uint8Array[]
  readonly signer: ParsedSigner
}

export interface ParsedSigner {
  /** `sha256` … */
  readonly hash: string
  /** The bytes that are signed: a SET of attributes. */
  readonly signed: Uint8Array
  /** Of `content`, in the attributes. */
  readonly digest: Uint8Array
  /** Which certificate signed, by its hash: RFC 5816, or RFC 2634 for SHA-1. */
  readonly certificate: { readonly hash: string; readonly digest: Uint8Array }
  readonly signature: Uint8Array
}

const oids = {
  signedData: '1.2.840.113549.1.7.2',
  stampInfo: '1.2.840.113549.1.9.16.1.4',
  contentType: '1.2.840.113549.1.9.3',
  messageDigest: '1.2.840.113549.1.9.4',
  signingCertificate: '1.2.840.113549.1.9.16.2.12',
  signingCertificateV2: '1.2.840.113549.1.9.16.2.47',
} as const

const hashes: readonly (readonly [oid: string, name: string])[] = [
  [sha256Oid, 'sha256'],
  ['2.16.840.1.101.3.4.2.2', 'sha384'],
  ['2.16.840.1.101.3.4.2.3', 'sha512'],
]

/**
 * @throws RedomaError `DATA_DAMAGED` when it is not well-formed, or by other algorithms; `DESTINATION_FAILED` when the authority
 * refused
 */
export function parseReply(reply: Uint8Array): ParsedReply {
  const [status, token] = childrenOf(readDer(reply))
  const code = contentOf(childrenOf(status)[0], tags.integer)
  // 0: granted; 1: granted with modifications.
  if (code.length !== 1 || (code[0] ?? 2) > 1) {
    throw new RedomaError(
      'DESTINATION_FAILED',
      `the time-stamping authority refused (status ${code.join(' ')})`,
    )
  }
  const [type, wrapped] = childrenOf(token)
  requireOid(type, oids.signedData)
  const [, , encapsulated, ...rest] = childrenOf(readDer(contentOf(wrapped, tags.context0)))
  const [contentType, octets] = childrenOf(encapsulated)
  requireOid(contentType, oids.stampInfo)
  const content = contentOf(readDer(contentOf(octets, tags.context0)), tags.octets)
  const [signerInfo, ...others] = childrenOf(rest.at(-1), tags.set)
  // One signer, says RFC 3161, 2.4.2.
  if (others.length > 0) throw damaged('has several signers')
  const certificates = rest[0]?.tag === tags.context0 ? childrenOf(rest[0], tags.context0) : []
  return {
    ...parseInfo(content),
    content,
    certificates: certificates.map(({ whole }) => whole),
    signer: parseSigner(signerInfo),
  }
}

function parseInfo(content: Uint8Array): Pick<ParsedReply, 'imprint' | 'nonce' | 'time'> {
  const [, , imprint, , time, ...rest] = childrenOf(readDer(content))
  const [algorithm, digest] = childrenOf(imprint)
  if (hashOf(algorithm) !== 'sha256') throw damaged('is of another hash than SHA-256')
  return {
    imprint: contentOf(digest, tags.octets),
    nonce: rest.find(({ tag }) => tag === tags.integer)?.whole,
    time: parseTime(contentOf(time, tags.time)),
  }
}

/** `20261128003500.123Z` */
function parseTime(bytes: Uint8Array): Date {
  const text = new TextDecoder('latin1').decode(bytes)
  const parts = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\.\d{1,9})?Z$/.exec(text)
  const [, year, month, day, hour, minute, second, fraction = ''] = parts ?? []
  const time = new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}${fraction.slice(0, 4)}Z`)
  if (parts === null || Number.isNaN(time.getTime())) throw damaged('has no time')
  return time
}

function parseSigner(info: DerValue | undefined): ParsedSigner {
  const [, , digestAlgorithm, signedAttributes, , signature] = childrenOf(info)
  const attributes = childrenOf(signedAttributes, tags.context0).map((one) => childrenOf(one))
  const valueOf = (oid: string): DerValue | undefined => {
    const found = attributes.filter(([type]) => isOid(type, oid))
    return found.length === 1 ? childrenOf(found[0]?.[1], tags.set)[0] : undefined
  }
  requireOid(valueOf(oids.contentType), oids.stampInfo)
  return {
    hash: hashOf(digestAlgorithm),
    // Signed as the SET that it is, not under the tag that it is sent with (RFC 5652, 5.4).
    signed: encodeDer(tags.set, contentOf(signedAttributes, tags.context0)),
    digest: contentOf(valueOf(oids.messageDigest), tags.octets),
    certificate: signingCertificate(valueOf(oids.signingCertificateV2), valueOf(oids.signingCertificate)),
    signature: contentOf(signature, tags.octets),
  }
}

function signingCertificate(
  second: DerValue | undefined,
  first: DerValue | undefined,
): ParsedSigner['certificate'] {
  const [id] = childrenOf(childrenOf(second ?? first)[0])
  const [algorithm, digest] = childrenOf(id)
  if (second === undefined) return { hash: 'sha1', digest: contentOf(algorithm, tags.octets) }
  // SHA-256 where nothing is said.
  if (algorithm?.tag === tags.octets) return { hash: 'sha256', digest: algorithm.content }
  return { hash: hashOf(algorithm), digest: contentOf(digest, tags.octets) }
}

function hashOf(algorithm: DerValue | undefined): string {
  const [oid] = childrenOf(algorithm)
  const known = hashes.find(([text]) => isOid(oid, text))
  if (known === undefined) throw damaged('is made with an algorithm that is not known here')
  return known[1]
}

function isOid(value: DerValue | undefined, text: string): boolean {
  return value !== undefined && equalBytes(value.whole, encodeOid(text))
}

function requireOid(value: DerValue | undefined, text: string): void {
  if (!isOid(value, text)) throw damaged('is of another kind')
}

/** Whether a reply answers the request with this nonce. */
export function hasNonce(reply: ParsedReply, nonce: Uint8Array): boolean {
  return reply.nonce !== undefined && equalBytes(reply.nonce, encodeInteger(nonce))
}

function damaged(what: string): RedomaError {
  return new RedomaError('DATA_DAMAGED', `the time stamp ${what}`)
}
