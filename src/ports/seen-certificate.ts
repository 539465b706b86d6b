import type { ShownCertificate } from '../core/shown-certificate.ts'

/** Whose certificate it is. */
export interface CertificateHolder {
  /**
   * `api`: this machine's, by which the API is served. `destination`, `channel`, `catalogue`: of the server there. `channel-client`: what a channel proves
   * itself with.
   */
  readonly of: (typeof certificateHolders)[number]
  /** Of the destination or channel; empty where there is one alone. */
  readonly id: string
  /** The machine whose it is, of several that are one instance; empty for what all of them see. */
  readonly machine: string
}

export const certificateHolders = ['api', 'destination', 'channel', 'channel-client', 'catalogue'] as const

/** A certificate as it was seen last. */
export interface SeenCertificate extends CertificateHolder, ShownCertificate {
  /** Where: an address, or the path of its file. Empty: the instance makes it itself. */
  readonly place: string
  readonly seenAt: Date
}

export interface CertificateStore {
  list(): Promise<SeenCertificate[]>
  /** In place of what was seen of this holder before. */
  put(seen: SeenCertificate): Promise<void>
  /** It has none any more. */
  remove(holder: CertificateHolder): Promise<void>
}
