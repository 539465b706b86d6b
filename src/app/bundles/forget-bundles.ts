import type { LedgerDraft } from '../../bundle/ledger/draft.ts'
import type { LedgerEntry } from '../../bundle/ledger/line.ts'
import { isRedomaError, messageOf } from '../../core/errors.ts'
import type { Proposal } from '../../ports/approval.ts'
import type { ObjectName } from '../../ports/destination.ts'
import type { RequireSecondPerson } from '../approvals/require-second-person.ts'
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
  readonly requireSecondPerson: RequireSecondPerson
}

export function makeForgetBundles(deps: ForgetBundlesDeps): ForgetBundles {
  return async (target, plan, signal) => {
    const going = plan.verdicts.flatMap(({ kind, entry }) => (kind === 'goes' ? [entry] : []))
    // The oldest first: who stops in between has lost what is wanted least.
    const all = [...plan.leftovers, ...going.toReversed()]
    if (plan.refusal !== undefined || all.length === 0) return { removed: 0, warnings: [] }
    if (going.length > 0) await deps.requireSecondPerson(removalOf(target.record.name, going), signal)
    const [oldest, ...others] = all
    // One that refuses would have a line of each bundle that it keeps, every time: the oldest is asked for alone.
    const first = await removeListed(deps, target, oldest === undefined ? [] : [oldest], signal)
    const rest = first.refused === undefined ? await removeListed(deps, target, others, signal) : nothing
    const removed = [...first.removed, ...rest.removed]
    const { name } = target.record
    const numbers = removed.map(({ detail }) => detail['sequence'] ?? '?').join(' ')
    if (removed.length > 0) await audit(deps, 'glass.forget', name, `bundles ${numbers}`)
    const refused = first.refused ?? rest.refused
    const warnings = [...first.told, ...rest.told]
    if (refused !== undefined)
      warnings.push(`${name} keeps ${all.length - removed.length} old bundles: ${messageOf(refused)}`)
    return { removed: removed.length, warnings }
  }
}

function removalOf(subject: string, going: readonly LedgerEntry[]): Proposal {
  const lines = [
    `remove ${going.length} bundles at ${subject}, for ever:`,
    ...going.map(({ object }) => object),
  ]
  return { danger: 'copies', subject, lines }
}

interface Removal {
  readonly removed: readonly LedgerEntry[]
  /** Why no more was removed. */
  readonly refused: unknown
  readonly told: readonly string[]
}

const nothing: Removal = { removed: [], refused: undefined, told: [] }

/** What is refused is in the ledger again. */
async function removeListed(
  { recordInLedger }: ForgetBundlesDeps,
  target: Target,
  entries: readonly LedgerEntry[],
  signal: AbortSignal,
): Promise<Removal> {
  if (entries.length === 0) return nothing
  const listed = entries.filter(({ event }) => event !== 'removed')
  const told = await recordInLedger(target, listed.map(removedDraft), signal)
  const { removed, refused } = await removeAll(target, entries, signal)
  if (refused === undefined) return { removed, refused, told }
  const isRemoved = new Set<ObjectName>(removed.map(({ object }) => object))
  const kept = entries.filter(({ object }) => !isRemoved.has(object))
  const toldAgain = await recordInLedger(target, kept.map(putDraft), signal)
  return { removed, refused, told: [...told, ...toldAgain] }
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
