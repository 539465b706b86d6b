import type { ForgetPlan } from '../../app/plan-forget.ts'
import type { PruneFigures } from '../../repository/pruning/plan-prune.ts'
import { snapshotJson } from '../restore/snapshot-json.ts'

/** What `--json` says of one destination. */
export function forgetJson(
  destination: string,
  { groups, others, damaged, notThere }: ForgetPlan,
  state: 'dry-run' | 'declined' | 'done',
  pruned: PruneFigures | undefined,
): object {
  return {
    destination,
    state,
    groups: groups.map(({ labels, verdicts }) => ({
      group: Object.fromEntries(labels.map(({ name, values }) => [name, values])),
      keep: verdicts.flatMap((verdict) =>
        verdict.kind === 'stays' ? [{ ...snapshotJson(verdict.snapshot), reasons: verdict.reasons }] : [],
      ),
      remove: verdicts.flatMap(({ kind, snapshot }) => (kind === 'goes' ? [snapshotJson(snapshot)] : [])),
    })),
    otherHosts: others,
    damaged: damaged.map(({ kind, snapshot }) => ({ id: snapshot.id, fate: kind })),
    notThere,
    pruned,
  }
}
