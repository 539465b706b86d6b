import type { Secret } from '../core/secret.ts'
import type { AuditEntry } from './audit-entry.ts'

/** Who says who somebody is (an OpenID provider), and as whom it knows this instance. */
export interface ProviderSettings {
  /** To the letter as the provider says it itself: subjects are its own. */
  readonly issuer: string
  readonly clientId: string
  readonly clientSecret: Secret
  /** PEM of the authorities that are trusted for it; absent: those that Node.js trusts. */
  readonly certificates?: string | undefined
  /** By which somebody is found who was not here yet: `preferred_username`, `email`. */
  readonly userClaim: string
}

/** What the configuration says of it; all of it is sealed, as who could change the provider would be everybody. */
export interface ProviderStore {
  /** `undefined` where users sign in by what they have here alone. */
  get(): Promise<ProviderSettings | undefined>
  /** One transaction with the line of the audit trail. */
  set(settings: ProviderSettings | undefined, audited: AuditEntry): Promise<void>
}

/** What one sign-in is bound to: known to the instance and to one browser. */
export interface SignInBinding {
  /** Where the provider sends the browser back to. */
  readonly redirectUri: string
  readonly state: string
  readonly nonce: string
  /** Of PKCE (RFC 7636): 43 characters or more. */
  readonly verifier: string
}

/** Whom the provider let in. */
export interface ProvenIdentity {
  readonly issuer: string
  readonly subject: string
  /** The claim by which users are found; asked for where it was not given, so that it may take a request. `undefined`: there is none that can be relied on. */
  name(): Promise<string | undefined>
}

/** @throws RedomaError `PROVIDER_FAILED` by each of them, where it does not answer, or not as it should */
export interface IdentityProvider {
  /** As it names itself. */
  issuer(): Promise<string>
  /** Where a browser is sent. */
  addressFor(binding: SignInBinding): Promise<URL>
  /**
   * Takes what the browser came back with to the provider.
   *
   * @param answer the whole address that it was sent back to
   * @throws RedomaError `NOT_SIGNED_IN`, with what did not fit as its message: for the audit trail, and not for who asks
   */
  identityBy(answer: URL, binding: SignInBinding): Promise<ProvenIdentity>
}

export type OpenProvider = (settings: ProviderSettings) => Promise<IdentityProvider>
