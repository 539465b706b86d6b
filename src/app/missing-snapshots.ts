import type { MadeSnapshot } from '../ports/catalogue.ts'

/**
 * The newest snapshots that runs made of each source at a destination, where they are not among those that are `there`.
 * A repository that was set back to an earlier state is whole in itself: only who remembers more can tell. Older
 * snapshots are not asked for, since pruning removes those.
 */
export function missingSnapshots(
  newest: readonly MadeSnapshot[],
  there: ReadonlySet<string>,
): { readonly object: string; readonly message: string }[] {
  return newest.flatMap(({ id, source, run }) => {
    if (there.has(id)) return []
    const message = `the newest snapshot of ${source}, which run ${run} made, is gone`
    return [{ object: `snapshots/${id}`, message }]
  })
}
