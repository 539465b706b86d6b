import { createHash, createPublicKey, verify, X509Certificate } from 'node:crypto'
import { equalBytes } from '../../core/bytes.ts'
import { RedomaError } from '../../core/errors.ts'
import { type ParsedReply, parseReply } from './parse-reply.ts'
import { isForStampsOnly } from './stamping-only.ts'

/** A time stamp that is what it should be. */
export interface Stamp {
  readonly time: Date
  /** Whose certificate signed it. */
  readonly authority: string
  /** Whether that certificate leads to one of those that are trusted; false where none was given. */
  readonly isTrusted: boolean
}

/**
 * Verifies a reply as `openssl ts -verify` does: status, imprint, signature, the certificate that signed and what it is for, and
 * where trusted certificates are given, the chain to one of them, valid at the time of the stamp.
 *
 * @param sha256 of what must have been stamped
 * @param trusted PEM, one certificate or several
 * @throws RedomaError `DATA_DAMAGED`, `VERIFICATION_FAILED`, `DESTINATION_FAILED` (refused)
 */
export function verifyStamp(reply: Uint8Array, sha256: Uint8Array, trusted: string | undefined): Stamp {
  const parsed = parseReply(reply)
  if (!equalBytes(parsed.imprint, sha256)) throw wrong('is of something else')
  const certificates = parsed.certificates.map(certificateOf)
  const roots = trusted === undefined ? [] : certificatesIn(trusted)
  const signer = signerAmong([...certificates, ...roots], parsed)
  requireSignature(parsed, signer)
  if (trusted !== undefined) requireChain(signer, certificates, roots, parsed.time)
  return {
    time: parsed.time,
    authority: signer.subject.replaceAll('\n', ', '),
    isTrusted: trusted !== undefined,
  }
}

function signerAmong(
  certificates: readonly X509Certificate[],
  { signer: { certificate } }: ParsedReply,
): X509Certificate {
  const found = certificates.find(({ raw }) =>
    equalBytes(new Uint8Array(createHash(certificate.hash).update(raw).digest()), certificate.digest),
  )
  if (found === undefined) throw wrong('does not hold the certificate that signed it')
  if (!isForStampsOnly(found.raw)) throw wrong('is signed by a key that is not for time stamps alone')
  return found
}

function requireSignature({ content, signer }: ParsedReply, certificate: X509Certificate): void {
  const digest = new Uint8Array(createHash(signer.hash).update(content).digest())
  if (!equalBytes(digest, signer.digest)) throw wrong('was altered')
  if (!isSignedBy(certificate, signer)) throw wrong('has a signature that is not right')
}

function isSignedBy(certificate: X509Certificate, signer: ParsedReply['signer']): boolean {
  try {
    const key = createPublicKey(certificate.publicKey.export({ type: 'spki', format: 'pem' }))
    const hash = key.asymmetricKeyType === 'ed25519' ? null : signer.hash
    return verify(hash, signer.signed, key, signer.signature)
  } catch {
    // A certificate may hold a key that signs nothing (X25519), or one that OpenSSL does not know.
    return false
  }
}

/** Longer than any chain of an authority. */
const longestChain = 8

function requireChain(
  signer: X509Certificate,
  others: readonly X509Certificate[],
  roots: readonly X509Certificate[],
  time: Date,
): void {
  let current = signer
  for (let length = 0; length < longestChain; length++) {
    if (time < current.validFromDate || time > current.validToDate)
      throw wrong('is of a time when its certificate was not valid')
    if (roots.some((root) => root.raw.equals(current.raw))) return
    const issuer = [...roots, ...others].find(
      (one) => one.ca && current.checkIssued(one) && current.verify(one.publicKey),
    )
    if (issuer === undefined) break
    current = issuer
  }
  throw wrong('is signed by an authority that is not trusted')
}

/** @throws RedomaError `FORMAT_UNKNOWN` where there is none, `DATA_DAMAGED` */
export function certificatesIn(pem: string): X509Certificate[] {
  const blocks = pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? []
  if (blocks.length === 0)
    throw new RedomaError('FORMAT_UNKNOWN', 'there is no certificate (PEM) in this file')
  return blocks.map((block) => certificateOf(block))
}

function certificateOf(bytes: Uint8Array | string): X509Certificate {
  try {
    return new X509Certificate(bytes)
  } catch {
    throw new RedomaError('DATA_DAMAGED', 'a certificate of the time stamp cannot be read')
  }
}

function wrong(what: string): RedomaError {
  return new RedomaError('VERIFICATION_FAILED', `the time stamp ${what}`)
}
