import { parseBundleName } from '../../bundle/bundle-name.ts'
import { entriesOf } from '../../bundle/ledger/current-objects.ts'
import type { LedgerEntry } from '../../bundle/ledger/line.ts'
import { judgeByRules } from '../../core/retention/judge.ts'
import type { RetentionPolicy } from '../../core/retention/policy.ts'
import { wholeVault } from '../../ports/bundle-store.ts'
import type { LedgerStore } from '../../ports/catalogue.ts'
import type { Clock } from '../../ports/clock.ts'
import type { ObjectName } from '../../ports/destination.ts'
import { isWriteOnly } from '../../ports/destination-spec.ts'
import { isOfScope } from '../scopes/scope-folder.ts'
import type { Target } from '../target.ts'
import { requireNewest } from './require-newest.ts'
import { type CountedTime, timeBundles } from './time-bundles.ts'

/** What becomes of one bundle at one destination. */
export interface BundleVerdict {
  readonly kind: 'stays' | 'goes'
  readonly entry: LedgerEntry
  readonly scope: string
  readonly sequence: number
  readonly time: Date
  /** Its instance had something to say against it when it was made. */
  readonly isDoubtful: boolean
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
  /** Only the bundles of this one; `wholeVault` for those of the whole vault. */
  scope?: string,
) => Promise<ForgetBundlesPlan>

export interface PlanForgetBundlesDeps {
  readonly ledgers: Pick<LedgerStore, 'lines'>
  readonly clock: Clock
}

/**
 * By what this instance remembers of the ledger, not by what lies there: so a bundle that somebody else put there is never counted, and never
 * removed. The newest bundle stays whatever the rules say, and unless it lies there as it was put, so does every other: one of them may be the last
 * that opens.
 *
 * @throws RedomaError `VERIFICATION_FAILED` where the newest is gone or altered and others were to go; what the destination throws
 */
export function makePlanForgetBundles({ ledgers, clock }: PlanForgetBundlesDeps): PlanForgetBundles {
  return async ({ record, destination }, policy, signal, scope) => {
    const isWanted = ({ object }: LedgerEntry): boolean => scope === undefined || isOfScope(object, scope)
    const entries = entriesOf(await ledgers.lines(record.id)).filter(isWanted)
    const newestLines = newestOfEach(entries)
    const everPut = Map.groupBy(oncePut(entries).map(bundleOf), ({ scope }) => scope)
    const nowNs = nsOf(clock.now())
    const byScope = Map.groupBy(
      newestLines.filter(({ event }) => event === 'put').map(bundleOf),
      ({ scope }) => scope,
    )
    const verdicts = [...byScope].flatMap(([scope, bundles]) => {
      const history = (everPut.get(scope) ?? bundles).map(({ entry, sequence, time }) => {
        return { object: entry.object, sequence, timeNs: nsOf(time) }
      })
      return judge(bundles, policy, timeBundles(history, nowNs), nowNs)
    })
    if (isWriteOnly(record.spec)) {
      const refusal = 'only written to: who may remove there has to'
      return { verdicts, leftovers: [], refusal }
    }
    for (const ofScope of Map.groupBy(verdicts, ({ scope }) => scope).values()) {
      if (!ofScope.some(({ kind }) => kind === 'goes')) continue
      const [newest, newestGood] = [
        newestOf(ofScope),
        newestOf(ofScope.filter(({ isDoubtful }) => !isDoubtful)),
      ]
      await requireNewest(newest, destination, signal)
      if (newestGood !== newest) await requireNewest(newestGood, destination, signal)
    }
    const removed = newestLines.filter(({ event }) => event === 'removed')
    return { verdicts, leftovers: await stillThere(removed, destination, signal) }
  }
}

function newestOfEach(entries: readonly LedgerEntry[]): LedgerEntry[] {
  const bundles = entries.filter(({ kind, event }) => kind === 'bundle' && event !== 'noticed')
  return [...new Map(bundles.map((entry) => [entry.object, entry])).values()]
}

/** Each bundle that ever was there, also one that got a new header since, or was removed. */
function oncePut(entries: readonly LedgerEntry[]): LedgerEntry[] {
  return newestOfEach(entries.filter(({ event }) => event === 'put'))
}

type Bundle = Omit<BundleVerdict, 'kind' | 'reasons'>

function bundleOf(entry: LedgerEntry): Bundle {
  const { scope = wholeVault, sequence = 0, doubts = 0 } = entry.detail
  return {
    entry,
    scope: String(scope),
    sequence: Number(sequence),
    time: timeOf(entry),
    isDoubtful: doubts !== 0,
  }
}

/** When it was made, as its name says; a line may be written much later, when a header is. */
function timeOf({ object, time }: LedgerEntry): Date {
  return parseBundleName(object)?.time ?? new Date(time)
}

function judge(
  bundles: readonly Bundle[],
  policy: RetentionPolicy,
  times: ReadonlyMap<string, CountedTime>,
  nowNs: bigint,
): BundleVerdict[] {
  // Made while the clock ran ahead: by the rules they would take the places of those that are made now.
  const ahead = bundles.filter(({ entry }) => !times.has(entry.object))
  const past = bundles.flatMap((bundle) => {
    const time = times.get(bundle.entry.object)
    return time === undefined ? [] : [{ bundle, ...time }]
  })
  // Nor does one that is in doubt take the place of a good one: each kind is judged by itself.
  const judged = [
    ...ahead.map((bundle) => ({ item: { bundle }, reasons: ['ahead of the clock'] })),
    ...[true, false].flatMap((isDoubtful) =>
      judgeByRules(
        past.filter(({ bundle }) => bundle.isDoubtful === isDoubtful).toSorted(newestFirst),
        policy,
        nowNs,
        'bundle',
      ),
    ),
  ]
  const newest = newestOf(bundles)
  const newestGood = newestOf(bundles.filter(({ isDoubtful }) => !isDoubtful))
  return judged
    .map(({ item: { bundle }, reasons }): BundleVerdict => {
      const always =
        bundle === newest ? ['newest bundle'] : bundle === newestGood ? ['newest good bundle'] : []
      const all = [...always, ...reasons]
      return { ...bundle, kind: all.length > 0 ? 'stays' : 'goes', reasons: all }
    })
    .toSorted((a, b) => b.sequence - a.sequence)
}

function nsOf(time: Date): bigint {
  return BigInt(time.getTime()) * 1_000_000n
}

/** By their numbers, which no clock can mistake. */
function newestFirst(a: { readonly bundle: Bundle }, b: { readonly bundle: Bundle }): number {
  return b.bundle.sequence - a.bundle.sequence
}

function newestOf<One extends Pick<Bundle, 'sequence'>>(bundles: readonly One[]): One | undefined {
  return bundles.toSorted((a, b) => b.sequence - a.sequence)[0]
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
