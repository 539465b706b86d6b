import type { Missing } from './fault.ts'
import type { Share } from './parse-share.ts'

/**
 * What is needed beside these shares, which are of one set and all different. Nothing when they are enough.
 * The groups that most was given of are the ones to go on with.
 */
export function missingShares(shares: readonly Share[]): Missing | undefined {
  const groups = [...Map.groupBy(shares, ({ groupIndex }) => groupIndex)]
    .map(([group, ofGroup]) => {
      return { group, shares: Math.max(0, (ofGroup[0]?.memberThreshold ?? 0) - ofGroup.length) }
    })
    .toSorted((a, b) => a.shares - b.shares)
  const needed = shares[0]?.groupThreshold ?? 1
  const goneOnWith = groups.slice(0, needed)
  const ofGroups = goneOnWith.filter((group) => group.shares > 0)
  const unseen = needed - goneOnWith.length
  return unseen === 0 && ofGroups.length === 0 ? undefined : { groups: unseen, ofGroups }
}
