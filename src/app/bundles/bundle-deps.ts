import type { Secret } from '../../core/secret.ts'
import type { Primitives } from '../../crypto/primitives.ts'
import type { Catalogue } from '../../ports/catalogue.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Notifier } from '../../ports/notifier.ts'
import type { SecretsSource } from '../../ports/source.ts'
import type { Opener } from '../place-companions.ts'
import type { RecordInLedger } from '../record-in-ledger.ts'
import type { KeepBundles } from './keep-bundles.ts'

/** What the making of bundles needs. */
export interface BundleDeps {
  readonly catalogue: Pick<
    Catalogue,
    | 'instance'
    | 'signingKey'
    | 'generations'
    | 'bundles'
    | 'scopes'
    | 'destinations'
    | 'ledgers'
    | 'sources'
    | 'tagValues'
  >
  /** The registry, and every source that is a program. */
  sources(): Promise<readonly SecretsSource[]>
  /** The 32 bytes of `instance.key`, as hexadecimal digits. */
  instanceKeyHex(): Promise<Secret>
  /** What is put beside the bundles to open them; none where they were not built. */
  openers(): Promise<readonly Opener[]>
  readonly recordInLedger: RecordInLedger
  /** Removes old bundles where there is a policy, once the new one is recorded. */
  readonly keepBundles: KeepBundles
  readonly primitives: Primitives
  readonly clock: Clock
  /** The host's name in snapshots. */
  readonly hostName: string
  /** The instance's `run` folder; only ciphertext goes there. */
  readonly runFolder: string
  /** How much of the credentials of the bundle before must be left, from 0 to 1; half where that is not said. */
  readonly leastShare?: number | undefined
  /** Told when a bundle is not made, or is one to look at. */
  readonly notifier: Notifier
}
