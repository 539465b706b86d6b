import type { CredentialRecord } from './credential.ts'

/** A vault of secrets that is copied into bundles: the registry itself, or a program that prints records. */
export interface SecretsSource {
  readonly name: string
  /**
   * Every credential, each once, in a stable order.
   *
   * @throws RedomaError `SOURCE_UNREADABLE` when any of it cannot be read: half a vault is not a backup of it
   */
  records(signal: AbortSignal): AsyncIterable<CredentialRecord>
}
