import type { RetentionPolicy } from '../../core/retention/policy.ts'
import type { DestinationRecord } from '../../ports/catalogue.ts'
import { type AuditedDeps, audit } from '../audited.ts'

/** Sets how long bundles are kept, at one destination or at all that have no policy of their own. */
export function makeSetBundleRetention(deps: AuditedDeps) {
  const { catalogue, clock } = deps
  return async (of: DestinationRecord | undefined, policy: RetentionPolicy | undefined): Promise<void> => {
    await catalogue.bundleRetention.set(of?.id ?? 'all', policy, clock.now())
    const detail = policy === undefined ? 'unset' : JSON.stringify(policy)
    await audit(deps, 'glass.retention', of?.name ?? 'all', detail)
  }
}
