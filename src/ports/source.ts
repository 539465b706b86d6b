import type { CredentialFacts } from './bundle-store.ts'
import type { CredentialRecord } from './credential.ts'

/** A credential as it could be read, or what is known of one that could not. */
export type InspectedCredential =
  | { readonly kind: 'whole'; readonly record: CredentialRecord }
  | {
      readonly kind: 'damaged'
      readonly id: string
      readonly facts: CredentialFacts
      /** One line for a person. */
      readonly message: string
    }

/** A vault of secrets that is copied into bundles: the registry itself, or a program that prints records. */
export interface SecretsSource {
  readonly name: string
  /**
   * Every credential, each once, in a stable order.
   *
   * @throws RedomaError `SOURCE_UNREADABLE` when any of it cannot be read: half a vault is not a backup of it
   */
  records(signal: AbortSignal): AsyncIterable<CredentialRecord>
  /** The same, but what cannot be read is told, and the others come all the same. Absent where a source cannot go on. */
  inspect?(signal: AbortSignal): AsyncIterable<InspectedCredential>
}
