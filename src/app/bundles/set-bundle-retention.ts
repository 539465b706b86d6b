import { keepsAtLeast } from '../../core/retention/keeps-at-least.ts'
import type { RetentionPolicy } from '../../core/retention/policy.ts'
import type { DestinationRecord } from '../../ports/catalogue.ts'
import type { RequireSecondPerson } from '../approvals/require-second-person.ts'
import { type AuditedDeps, audit } from '../audited.ts'

/**
 * Sets how long bundles are kept, at one destination or at all that have no policy of their own.
 *
 * @throws RedomaError what `RequireSecondPerson` throws, where less would be kept
 */
export type SetBundleRetention = (
  of: DestinationRecord | undefined,
  policy: RetentionPolicy | undefined,
  signal: AbortSignal,
) => Promise<void>

export interface SetBundleRetentionDeps extends AuditedDeps {
  readonly requireSecondPerson: RequireSecondPerson
}

export function makeSetBundleRetention(deps: SetBundleRetentionDeps): SetBundleRetention {
  const { catalogue, clock } = deps
  const { bundleRetention } = catalogue
  return async (of, policy, signal) => {
    const subject = of?.name ?? 'all'
    const ofAll = await bundleRetention.get('all')
    const before = (of === undefined ? ofAll : await bundleRetention.effective(of.id)) ?? []
    const after = policy ?? (of === undefined ? undefined : ofAll) ?? []
    if (!keepsAtLeast(after, before)) {
      const lines = [
        `bundles at ${subject} are kept by ${JSON.stringify(after)}`,
        `until now by ${JSON.stringify(before)}`,
      ]
      await deps.requireSecondPerson({ danger: 'retention', subject, lines }, signal)
    }
    await bundleRetention.set(of?.id ?? 'all', policy, clock.now())
    const detail = policy === undefined ? 'unset' : JSON.stringify(policy)
    await audit(deps, 'glass.retention', subject, detail)
  }
}
