import type { Secret } from '../../core/secret.ts'
import type { CredentialRecord } from '../../ports/credential.ts'
import type { DestinationSpec } from '../../ports/destination-spec.ts'
import type { PlacedAttachment } from './attachment-paths.ts'
import type { Manifest } from './manifest.ts'

/** One credential, and the source that gave it. */
export interface SourcedRecord {
  readonly source: string
  readonly record: CredentialRecord
  /** As in the record, where that is known without making one. */
  readonly changedAt?: Date | undefined
}

/** All credentials as they stand in the files of a bundle that list them, and what is known of them when all have been gone through once. */
export interface CredentialFiles {
  secretsJson(): AsyncIterable<Uint8Array>
  /** Once, as its memory is given back on the way: a chunk is good only until the next is asked for. */
  secretsCsv(): AsyncIterable<Uint8Array>
  /** As `secretsCsv`. */
  bitwardenJson(): AsyncIterable<Uint8Array>
  readonly counts: Manifest['counts']
  readonly attachments: readonly PlacedAttachment[]
}

/** What is needed to open the repository at one destination. */
export interface RepositoryAccess {
  readonly destination: string
  /** What leads to the place. */
  readonly spec: DestinationSpec
  /** Where in it the repository lies. */
  readonly prefix: string
  /** Name of this host in its snapshots: others may join the repository at any time, and have theirs there, too. */
  readonly host: string
  readonly password: Secret
}

/** Something that is not in a bundle, or not in one of its forms. */
export interface LeftOut {
  readonly what: string
  readonly why: string
}

/** All that a bundle is made of. */
export interface BundleInput {
  /** Name of the part of the vault that is in it; absent where that is all of it. */
  readonly scope?: string | undefined
  readonly sequence: number
  readonly time: Date
  /** Why it is not to be taken for a good one before people have looked. */
  readonly doubts?: readonly string[] | undefined
  readonly instance: { readonly id: string; readonly name: string }
  /** The recovery key that it is sealed to. */
  readonly generation: { readonly number: number; readonly fingerprint: string }
  /** The bundle before, if there was one: a missing one shows. */
  readonly previous?: { readonly sequence: number; readonly sha256: string } | undefined
  readonly records: readonly SourcedRecord[]
  /** The same records as they stand in the files, where they were kept so. */
  readonly files?: CredentialFiles | undefined
  readonly repositories: readonly RepositoryAccess[]
  /** Names of the sources whose files are in the repositories, beside the instance itself. */
  readonly systemSources?: readonly string[]
  /** `instance.key`, in hexadecimal digits; absent in the bundle of a scope: who opens that must not get at the rest. */
  readonly instanceKeyHex?: Secret | undefined
  /** `ssh-ed25519 AAAA… comment`: of the key that signs ledgers. */
  readonly signingPublicKey: string
  readonly leftOut: readonly LeftOut[]
}
