import type { BundleRecord } from '../../ports/bundle-store.ts'

/** As much as a clock may be put right without anybody wondering. */
const toleranceMs = 5 * 60_000

/**
 * What people should look at before they take a new bundle for a good one. It is made all the same: with a clock that is wrong it is the newest
 * there is.
 *
 * @param listed the highest number that a ledger lists
 */
export function remarksOnBundle(
  { sequence, time }: Pick<BundleRecord, 'sequence'> & { readonly time: Date },
  before: BundleRecord | undefined,
  listed = 0,
): string[] {
  const known = before?.sequence ?? 0
  const forgotten = range(known + 1, listed)
  const lost = range(Math.max(known, listed) + 1, sequence - 1)
  const isBack = before !== undefined && time.getTime() < before.createdAt.getTime() - toleranceMs
  return [
    ...(forgotten === undefined
      ? []
      : [
          `${forgotten} published, says the ledger; this instance does not remember: was it restored from a backup?`,
        ]),
    ...(lost === undefined ? [] : [`${lost} begun and published nowhere: a run failed or was killed.`]),
    ...(isBack
      ? [
          `The clock was set back: bundle ${before.sequence} was made at ${before.createdAt.toISOString()}, which is still to come.`,
        ]
      : []),
  ]
}

function range(first: number, last: number): string | undefined {
  if (last < first) return undefined
  return first === last ? `Bundle ${first} was` : `Bundles ${first} to ${last} were`
}
