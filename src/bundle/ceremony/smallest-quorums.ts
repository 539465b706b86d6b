import type { Share } from '../../crypto/slip39/parse-share.ts'

/** Some of the quorums that these shares can form, none larger than needed, so that each share is in at least one. */
export function smallestQuorums(shares: readonly Share[]): readonly (readonly Share[])[] {
  const groups = [...Map.groupBy(shares, ({ groupIndex }) => groupIndex).values()]
  const needed = shares[0]?.groupThreshold ?? 1
  return groups.flatMap((members, at) => {
    const others = cycled(groups, at + 1, needed - 1).flatMap((other) => cycled(other, 0, thresholdOf(other)))
    return members.map((_, member) => [...cycled(members, member, thresholdOf(members)), ...others])
  })
}

function thresholdOf(members: readonly Share[]): number {
  return members[0]?.memberThreshold ?? 1
}

/** `count` of them from `start` on, beginning again after the last. */
function cycled<T>(items: readonly T[], start: number, count: number): T[] {
  return Array.from({ length: count }, (_, at) => items[(start + at) % items.length]).filter(
    (item) => item !== undefined,
  )
}
