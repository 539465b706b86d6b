import type { BundleRecord } from '../../ports/bundle-store.ts'

/** As much as a clock may be put right without anybody wondering. */
const toleranceMs = 5 * 60_000

/**
 * What people should look at before they take a new bundle for a good one. It is made all the same: with a clock that is wrong it is the newest
 * there is.
 */
export function remarksOnBundle(
  { sequence, time }: Pick<BundleRecord, 'sequence'> & { readonly time: Date },
  before: BundleRecord | undefined,
): string[] {
  const lost = range((before?.sequence ?? 0) + 1, sequence - 1)
  const isBack = before !== undefined && time.getTime() < before.createdAt.getTime() - toleranceMs
  return [
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
