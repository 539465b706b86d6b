import { X509Certificate } from 'node:crypto'
import { type ConnectionOptions, checkServerIdentity } from 'node:tls'

/** What a certificate says of itself, as far as it runs out. */
export interface ShownCertificate {
  /** SHA-256 of it, as browsers show it: `AB:CD:…`. */
  readonly fingerprint: string
  readonly from: Date
  readonly until: Date
}

export type TellShown = (shown: ShownCertificate) => void

/**
 * For the options of a TLS connection: tells what a server has shown, once it is trusted and of the right name. What resumes an earlier session is not
 * asked for its certificate, and nothing is told of it: it may have another by now.
 */
export function tellingShown(
  tell: TellShown | undefined,
  check = checkServerIdentity,
): Pick<ConnectionOptions, 'checkServerIdentity'> {
  if (tell === undefined) return {}
  return {
    checkServerIdentity(host, certificate) {
      const refusal = check(host, certificate)
      if (refusal === undefined) tell(shownOf(new X509Certificate(certificate.raw)))
      return refusal
    },
  }
}

export function shownOf({ fingerprint256, validFromDate, validToDate }: X509Certificate): ShownCertificate {
  return { fingerprint: fingerprint256, from: validFromDate, until: validToDate }
}
