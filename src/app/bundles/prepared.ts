import type { BundleInput } from '../../bundle/contents/bundle-input.ts'
import { wholeVault } from '../../ports/bundle-store.ts'
import type { Generation } from '../../ports/catalogue.ts'
import type { ObjectName } from '../../ports/destination.ts'

import type { LedgerWarnings } from './number-bundle.ts'

/** A bundle before it is built. */
export interface Prepared {
  readonly input: BundleInput
  readonly scope: string
  readonly generation: Generation
  readonly name: ObjectName
  /** Credentials that changed since the bundle before. */
  readonly changed: number
  readonly ledgerWarnings: LedgerWarnings
  /** Why this bundle wants to be looked at: a sentence each. */
  readonly remarks: readonly string[]
}

/** What runs call the bundles of a scope. */
export function sourceOf(scope: string): string {
  return scope === wholeVault ? 'credentials' : `credentials of ${scope}`
}
