import type { DestinationRecord, Run } from '../ports/catalogue.ts'

/**
 * The newest snapshot that the runs made of each source at a destination and that was not forgotten on purpose, where it is
 * not among those that are `there`.
 * A repository that was set back to an earlier state is whole in itself: only who remembers more can tell. Older
 * snapshots are not asked for, since pruning removes those.
 *
 * @param runs newest first
 */
export function missingSnapshots(
  runs: readonly Run[],
  { name, runsBefore }: Pick<DestinationRecord, 'name' | 'runsBefore'>,
  { there, forgotten }: { readonly there: ReadonlySet<string>; readonly forgotten: ReadonlySet<string> },
): { readonly object: string; readonly message: string }[] {
  const newest = new Map<string, { readonly id: string; readonly run: number }>()
  for (const run of runs) {
    // Under this name there was another destination then.
    if (run.id <= runsBefore) break
    for (const { job, source, destination, product } of run.parts) {
      if (job !== 'system' || destination !== name || product === undefined || newest.has(source)) continue
      if (forgotten.has(product)) continue
      newest.set(source, { id: product, run: run.id })
    }
  }
  return [...newest].flatMap(([source, { id, run }]) => {
    if (there.has(id)) return []
    const message = `the newest snapshot of ${source}, which run ${run} made, is gone`
    return [{ object: `snapshots/${id}`, message }]
  })
}
