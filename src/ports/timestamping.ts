/** Who stamps ledgers (RFC 3161) after each backup. */
export interface Timestamping {
  /** `http://` or `https://`; no password in it. */
  readonly authority: string
  /** PEM of the certificates that are trusted; absent: a stamp is kept whoever signed it, for people to judge. */
  readonly certificates?: string | undefined
}

/** What the configuration says of time stamps. */
export interface TimestampingStore {
  /** `undefined` where ledgers are stamped by nobody. */
  get(): Promise<Timestamping | undefined>
  set(timestamping: Timestamping | undefined, at: Date): Promise<void>
}
