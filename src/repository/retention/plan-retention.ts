import { RedomaError } from '../../core/errors.ts'
import { judgeByRules } from '../../core/retention/judge.ts'
import type { RetentionPolicy } from '../../core/retention/policy.ts'
import type { StoredSnapshot } from '../snapshots/snapshot.ts'
import type { GroupLabel, SnapshotGroup } from './group-snapshots.ts'

/** What becomes of one snapshot. Reasons are in restic's words: `daily snapshot`, `oldest weekly snapshot`, `within 1y`. */
export type Verdict<T> =
  | { readonly kind: 'stays'; readonly snapshot: T; readonly reasons: readonly string[] }
  | { readonly kind: 'goes'; readonly snapshot: T }

export interface PlannedGroup<T> {
  readonly labels: readonly GroupLabel[]
  /** Newest first. */
  readonly verdicts: readonly Verdict<T>[]
}

/**
 * What stays of each group and why, in restic's meaning. Buckets are of the zone in which each snapshot's time was noted,
 * whatever the zone of this machine.
 *
 * @param nowNs snapshots of the future do not count as the newest, from which `within` is reckoned
 * @throws RedomaError `GROUP_EMPTIED` when nothing of a group would stay, unless `allowEmptied`
 */
export function planRetention<T extends StoredSnapshot>(
  groups: readonly SnapshotGroup<T>[],
  policy: RetentionPolicy,
  { nowNs, allowEmptied }: { readonly nowNs: bigint; readonly allowEmptied: boolean },
): PlannedGroup<T>[] {
  return groups.map(({ labels, snapshots }) => {
    const verdicts = judge(snapshots.toSorted(newestFirst), policy, nowNs)
    if (!allowEmptied && verdicts.every(({ kind }) => kind === 'goes')) throw emptied(labels)
    return { labels, verdicts }
  })
}

function judge<T extends StoredSnapshot>(
  snapshots: readonly T[],
  policy: RetentionPolicy,
  nowNs: bigint,
): Verdict<T>[] {
  return judgeByRules(snapshots, policy, nowNs, 'snapshot').map(({ item: snapshot, reasons }) =>
    reasons.length > 0 ? { kind: 'stays', snapshot, reasons } : { kind: 'goes', snapshot },
  )
}

/** Of two of the same instant the order is that of their ids, so that a plan is always the same. */
function newestFirst(a: StoredSnapshot, b: StoredSnapshot): number {
  if (a.timeNs !== b.timeNs) return a.timeNs < b.timeNs ? 1 : -1
  return a.id < b.id ? -1 : 1
}

function emptied(labels: readonly GroupLabel[]): RedomaError {
  const group = labels.map(({ name, values }) => `${name} ${values.join(' ')}`).join(', ')
  return new RedomaError(
    'GROUP_EMPTIED',
    `the rules would leave no snapshot of ${group || 'the repository'}`,
    {
      hint: 'Add a rule that keeps some, such as the last one. Nothing was removed.',
    },
  )
}
