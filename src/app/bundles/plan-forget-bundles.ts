import { entriesOf } from '../../bundle/ledger/current-objects.ts'
import type { LedgerEntry } from '../../bundle/ledger/line.ts'
import { judgeByRules } from '../../core/retention/judge.ts'
import type { RetentionPolicy } from '../../core/retention/policy.ts'
import { wholeVault } from '../../ports/bundle-store.ts'
import type { LedgerStore } from '../../ports/catalogue.ts'
import type { Clock } from '../../ports/clock.ts'
import type { ObjectName } from '../../ports/destination.ts'
import { isWriteOnly } from '../../ports/destination-spec.ts'
import type { Target } from '../target.ts'

/** What becomes of one bundle at one destination. */
export interface BundleVerdict {
  readonly kind: 'stays' | 'goes'
  readonly entry: LedgerEntry
  readonly scope: string
  readonly sequence: number
  readonly time: Date
  /** Why it stays, in the words of the rules. */
  readonly reasons: readonly string[]
}

export interface ForgetBundlesPlan {
  /** The newest first, by their numbers. */
  readonly verdicts: readonly BundleVerdict[]
  /** Those that were to go before, and still lie there. */
  readonly leftovers: readonly LedgerEntry[]
  /** Why nothing can be removed there, where nothing can. */
  readonly refusal?: string | undefined
}

export type PlanForgetBundles = (
  target: Target,
  policy: RetentionPolicy,
  signal: AbortSignal,
) => Promise<ForgetBundlesPlan>

export interface PlanForgetBundlesDeps {
  readonly ledgers: Pick<LedgerStore, 'lines'>
  readonly clock: Clock
}

/**
 * By what this instance remembers of the ledger, not by what lies there: so a bundle that somebody else put there is never counted, and never
 * removed. The newest bundle stays whatever the rules say.
 */
export function makePlanForgetBundles({ ledgers, clock }: PlanForgetBundlesDeps): PlanForgetBundles {
  return async ({ record, destination }, policy, signal) => {
    const newestLines = newestOfEach(entriesOf(await ledgers.lines(record.id)))
    const nowNs = BigInt(clock.now().getTime()) * 1_000_000n
    const byScope = Map.groupBy(
      newestLines.filter(({ event }) => event === 'put').map(bundleOf),
      ({ scope }) => scope,
    )
    const verdicts = [...byScope.values()].flatMap((bundles) => judge(bundles, policy, nowNs))
    if (isWriteOnly(record.spec)) {
      const refusal = 'only written to: who may remove there has to'
      return { verdicts, leftovers: [], refusal }
    }
    const removed = newestLines.filter(({ event }) => event === 'removed')
    return { verdicts, leftovers: await stillThere(removed, destination, signal) }
  }
}

function newestOfEach(entries: readonly LedgerEntry[]): LedgerEntry[] {
  const bundles = entries.filter(({ kind, event }) => kind === 'bundle' && event !== 'noticed')
  return [...new Map(bundles.map((entry) => [entry.object, entry])).values()]
}

type Bundle = Omit<BundleVerdict, 'kind' | 'reasons'>

function bundleOf(entry: LedgerEntry): Bundle {
  const { scope = wholeVault, sequence = 0 } = entry.detail
  return { entry, scope: String(scope), sequence: Number(sequence), time: timeOf(entry) }
}

/** When it was made, as its name says; a line may be written much later, when a header is. */
function timeOf({ object, time }: LedgerEntry): Date {
  const [, year, month, day, hour, minute, second] =
    /-(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z-\d+\.age$/.exec(object) ?? []
  if (second === undefined) return new Date(time)
  return new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`)
}

function judge(bundles: readonly Bundle[], policy: RetentionPolicy, nowNs: bigint): BundleVerdict[] {
  const newest = bundles.reduce((one, other) => (other.sequence > one.sequence ? other : one))
  const dated = bundles.map((bundle) => ({ bundle, timeNs: BigInt(bundle.time.getTime()) * 1_000_000n }))
  const newestFirst = dated.toSorted((a, b) =>
    a.timeNs === b.timeNs ? b.bundle.sequence - a.bundle.sequence : a.timeNs < b.timeNs ? 1 : -1,
  )
  return judgeByRules(newestFirst, policy, nowNs, 'bundle')
    .map(({ item: { bundle }, reasons }): BundleVerdict => {
      const all = bundle === newest ? ['newest bundle', ...reasons] : reasons
      return { ...bundle, kind: all.length > 0 ? 'stays' : 'goes', reasons: all }
    })
    .toSorted((a, b) => b.sequence - a.sequence)
}

async function stillThere(
  removed: readonly LedgerEntry[],
  destination: Target['destination'],
  signal: AbortSignal,
): Promise<LedgerEntry[]> {
  if (removed.length === 0) return []
  const there = new Set<ObjectName>()
  for await (const { name } of destination.list('secrets/', signal)) there.add(name)
  return removed.filter(({ object }) => there.has(object))
}
