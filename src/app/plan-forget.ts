import { isRedomaError } from '../core/errors.ts'
import type { RetentionPolicy } from '../core/retention/policy.ts'
import { nsOfDate } from '../repository/encoding/rfc3339.ts'
import type { ObjectId } from '../repository/ids.ts'
import { lockToRead } from '../repository/locks/lock-to-read.ts'
import {
  type Grouping,
  type GroupLabel,
  groupings,
  groupSnapshots,
  labelOf,
} from '../repository/retention/group-snapshots.ts'
import { type PlannedGroup, planRetention } from '../repository/retention/plan-retention.ts'
import {
  type DamagedSnapshot,
  listSnapshots,
  type SnapshotList,
} from '../repository/snapshots/list-snapshots.ts'
import type { StoredSnapshot } from '../repository/snapshots/snapshot.ts'
import { chooseAnySnapshot, hostOf, sourceOf } from './choose-snapshot.ts'
import { openRepositoryOf } from './open-repository-of.ts'
import type { SystemRepositoryDeps } from './restore-system.ts'
import type { Target } from './target.ts'

export const forgetGroupings = ['source', ...groupings] as const
/** A source is what its tag says; of snapshots of other programs, their paths. */
export type ForgetGrouping = (typeof forgetGroupings)[number]

/** Which snapshots are looked at, and what decides about them. */
export type ForgetChoice =
  /** These, by the beginnings of their ids, whatever else there is. */
  | { readonly kind: 'named'; readonly snapshots: readonly string[] }
  | {
      readonly kind: 'rules'
      readonly policy: RetentionPolicy
      readonly groupBy: readonly ForgetGrouping[]
      readonly only: SnapshotFilter
      /** Let the rules leave nothing of a group. */
      readonly allowEmptied: boolean
    }

/** What is left empty does not narrow. */
export interface SnapshotFilter {
  readonly sources: readonly string[]
  readonly hosts: readonly string[]
  /** Lists of tags, of one of which a snapshot must have all. */
  readonly tags: readonly (readonly string[])[]
}

export interface ForgetPlan {
  readonly groups: readonly PlannedGroup<StoredSnapshot>[]
  /** Of hosts that the rules were not for: nothing was decided about these. */
  readonly others: readonly HostCount[]
  /** In no group: of what, and when, nobody knows. */
  readonly damaged: readonly DamagedVerdict[]
  /** What was named, and which snapshot that is here. */
  readonly meant: ReadonlyMap<string, ObjectId>
  /** What was named and is not here: whether that is a mistake, the other destinations say. */
  readonly notThere: readonly string[]
}

export interface HostCount {
  readonly host: string
  readonly snapshots: number
}

/** One that is damaged goes when it is named, and no rule touches it. */
export interface DamagedVerdict {
  readonly kind: 'stays' | 'goes'
  readonly snapshot: DamagedSnapshot
}

/**
 * What would stay at a target and what would go, and why. Changes nothing.
 *
 * @throws RedomaError `GROUP_EMPTIED`, `USAGE`, `AMBIGUOUS`, `REPOSITORY_LOCKED`, and those of opening the repository
 */
export type PlanForget = (target: Target, choice: ForgetChoice, signal: AbortSignal) => Promise<ForgetPlan>

export function makePlanForget(deps: SystemRepositoryDeps): PlanForget {
  return async (target, choice, signal) => {
    using repository = await openRepositoryOf(deps, target, deps.locking, signal)
    await using lock = await lockToRead(repository, signal)
    return decideForget(await listSnapshots(repository, lock.signal), choice, nsOfDate(deps.clock.now()))
  }
}

/**
 * The same for snapshots that were listed already.
 *
 * @throws RedomaError `GROUP_EMPTIED`, `USAGE`, `AMBIGUOUS`
 */
export function decideForget(list: SnapshotList, choice: ForgetChoice, nowNs: bigint): ForgetPlan {
  const { damaged } = list
  if (choice.kind === 'named') {
    const found = choice.snapshots.map((snapshot) => ({ snapshot, chosen: chooseIfThere(list, snapshot) }))
    const chosen = new Set<object | undefined>(found.map((one) => one.chosen))
    const going = list.snapshots.filter((snapshot) => chosen.has(snapshot))
    return {
      groups:
        going.length === 0
          ? []
          : [{ labels: [], verdicts: going.map((snapshot) => ({ kind: 'goes', snapshot })) }],
      others: [],
      damaged: damaged.map((snapshot) => ({ kind: chosen.has(snapshot) ? 'goes' : 'stays', snapshot })),
      meant: new Map(
        found.flatMap((one) => (one.chosen === undefined ? [] : [[one.snapshot, one.chosen.id] as const])),
      ),
      notThere: found.flatMap((one) => (one.chosen === undefined ? [one.snapshot] : [])),
    }
  }
  return {
    groups: byRules(list.snapshots, choice, nowNs),
    others: othersThan(choice.only, list.snapshots),
    damaged: damaged.map((snapshot) => ({ kind: 'stays', snapshot })),
    meant: new Map(),
    notThere: [],
  }
}

function chooseIfThere(list: SnapshotList, snapshot: string): StoredSnapshot | DamagedSnapshot | undefined {
  try {
    return chooseAnySnapshot(list, { snapshot })
  } catch (error) {
    if (!isRedomaError(error, 'NOT_FOUND')) throw error
    return undefined
  }
}

function byRules(
  snapshots: readonly StoredSnapshot[],
  choice: Extract<ForgetChoice, { readonly kind: 'rules' }>,
  nowNs: bigint,
): readonly PlannedGroup<StoredSnapshot>[] {
  const { policy, groupBy, only, allowEmptied } = choice
  const labels = (snapshot: StoredSnapshot): GroupLabel[] =>
    groupBy.map((grouping) => label(snapshot, grouping))
  const groups = groupSnapshots(
    snapshots.filter((snapshot) => isWanted(snapshot, only)),
    labels,
  )
  return planRetention(groups, policy, { nowNs, allowEmptied })
}

/** What the same rules would have been for, but for whose it is; in the order of names. */
function othersThan(only: SnapshotFilter, snapshots: readonly StoredSnapshot[]): HostCount[] {
  const counts = new Map<string, number>()
  for (const snapshot of snapshots) {
    if (isWanted(snapshot, only) || !isWanted(snapshot, { ...only, hosts: [] })) continue
    counts.set(hostOf(snapshot), (counts.get(hostOf(snapshot)) ?? 0) + 1)
  }
  return [...counts]
    .map(([host, number]) => ({ host, snapshots: number }))
    .toSorted((a, b) => (a.host < b.host ? -1 : 1))
}

function label(snapshot: StoredSnapshot, grouping: ForgetGrouping): GroupLabel {
  if (grouping !== 'source') return labelOf(snapshot, grouping satisfies Grouping)
  return { name: grouping, values: [sourceOf(snapshot)] }
}

function isWanted(snapshot: StoredSnapshot, { sources, hosts, tags }: SnapshotFilter): boolean {
  const { tags: has = [] } = snapshot
  return (
    (sources.length === 0 || sources.includes(sourceOf(snapshot))) &&
    (hosts.length === 0 || hosts.includes(hostOf(snapshot))) &&
    (tags.length === 0 || tags.some((list) => list.every((tag) => has.includes(tag))))
  )
}
