import type { LedgerDraft } from '../../bundle/ledger/draft.ts'
import type { LedgerEntry } from '../../bundle/ledger/line.ts'
import { isRedomaError, messageOf } from '../../core/errors.ts'
import type { ObjectName } from '../../ports/destination.ts'
import { type AuditedDeps, audit } from '../audited.ts'
import type { RecordInLedger } from '../record-in-ledger.ts'
import type { Target } from '../target.ts'
import type { ForgetBundlesPlan } from './plan-forget-bundles.ts'

export interface ForgottenBundles {
  readonly removed: number
  /** What the destination or its ledger say, a sentence each. */
  readonly warnings: readonly string[]
}

/**
 * Removes the bundles of a plan at its destination. The ledger first, the objects after it: whenever the process dies, the ledger promises
 * nothing that is not there. What it did not come to lies there, removed by its ledger, until the next time (`leftovers`).
 *
 * The other way round, a bundle that went and a ledger that did not hear of it would look like a theft.
 *
 * @throws RedomaError what the destination throws but for a refusal, which is told: what it keeps is in the ledger again
 */
export type ForgetBundles = (
  target: Target,
  plan: ForgetBundlesPlan,
  signal: AbortSignal,
) => Promise<ForgottenBundles>

export interface ForgetBundlesDeps extends AuditedDeps {
  readonly recordInLedger: RecordInLedger
}

export function makeForgetBundles(deps: ForgetBundlesDeps): ForgetBundles {
  return async (target, plan, signal) => {
    const going = plan.verdicts.flatMap(({ kind, entry }) => (kind === 'goes' ? [entry] : []))
    // The oldest first: who stops in between has lost what is wanted least.
    const all = [...plan.leftovers, ...going.toReversed()]
    if (plan.refusal !== undefined || all.length === 0) return { removed: 0, warnings: [] }
    const { name } = target.record
    const told = await deps.recordInLedger(target, going.map(removedDraft), signal)
    const { removed, refused } = await removeAll(target, all, signal)
    const numbers = removed.map(({ detail }) => detail['sequence'] ?? '?').join(' ')
    if (removed.length > 0) await audit(deps, 'glass.forget', name, `bundles ${numbers}`)
    if (refused === undefined) return { removed: removed.length, warnings: told }
    const isRemoved = new Set<ObjectName>(removed.map(({ object }) => object))
    const kept = all.filter(({ object }) => !isRemoved.has(object))
    const toldAgain = await deps.recordInLedger(target, kept.map(putDraft), signal)
    const warning = `${name} keeps ${kept.length} old bundles: ${messageOf(refused)}`
    return { removed: removed.length, warnings: [...told, ...toldAgain, warning] }
  }
}

async function removeAll(
  { destination }: Target,
  entries: readonly LedgerEntry[],
  signal: AbortSignal,
): Promise<{ readonly removed: LedgerEntry[]; readonly refused: unknown }> {
  const removed: LedgerEntry[] = []
  let refused: unknown
  for (const entry of entries) {
    signal.throwIfAborted()
    try {
      await destination.remove(entry.object, signal)
      removed.push(entry)
    } catch (error) {
      if (!isRedomaError(error, 'DESTINATION_FORBIDDEN') && !isRedomaError(error, 'DESTINATION_READ_ONLY'))
        throw error
      refused = error
      break
    }
  }
  await destination.flush(signal)
  return { removed, refused }
}

function removedDraft(entry: LedgerEntry): LedgerDraft {
  return { ...draftOf(entry), event: 'removed' }
}

function putDraft(entry: LedgerEntry): LedgerDraft {
  return { ...draftOf(entry), event: 'put' }
}

function draftOf({ kind, object, bytes, sha256, detail }: LedgerEntry): Omit<LedgerDraft, 'event'> {
  return { kind, object, bytes, sha256, detail }
}
