/** A bundle that was put somewhere, removed or not. */
export interface BundleMade {
  /** What it is called there; each once. */
  readonly object: string
  readonly sequence: number
  /** By the clock of the instance, right or wrong. Nanoseconds since 1970. */
  readonly timeNs: bigint
}

/** When a bundle counts as made. Nanoseconds since 1970. */
export interface CountedTime {
  /** For days, weeks and months: never before that of a bundle with a lower number. */
  readonly timeNs: bigint
  /** For spans, which are reckoned back from the newest: leaps of the clock are not in it. */
  readonly spanTimeNs: bigint
}

const dayNs = 86_400_000_000_000n
/** No gap of fewer days is taken for a leap. */
const shortestLeapNs = 31n * dayNs
const timesTheUsual = 4n

/**
 * By what times old bundles are judged, where the clock may have been wrong. Their numbers tell the true order, whatever the clock said: so one that
 * seems older than one before it was made after that. And where the clock goes forward much further than it usually does between two bundles, it has
 * most likely leapt: nothing became older by it. If it was a long pause, what is older stays that much longer.
 *
 * @param history all bundles of a scope that were ever put at the destination: those that the rules removed were no pause
 * @returns by their names; without those that are ahead of `nowNs`, of which only that is known
 */
export function timeBundles(history: readonly BundleMade[], nowNs: bigint): ReadonlyMap<string, CountedTime> {
  const ordered = inOrder(history.filter(({ timeNs }) => timeNs <= nowNs))
  const gaps = ordered.map(({ timeNs }, index) => timeNs - (ordered[index - 1]?.timeNs ?? timeNs))
  const leap = leapOf(gaps.slice(1))
  const counted = new Map<string, CountedTime>()
  let leapsNs = 0n
  let laterNs: bigint | undefined
  for (let index = ordered.length - 1; index >= 0; index--) {
    const { object, timeNs, isSetBack } = ordered[index] ?? { object: '', timeNs: 0n, isSetBack: false }
    // Of one that seems older than those before it, all that is known is that it was made before the next.
    const spanTimeNs: bigint = isSetBack && laterNs !== undefined ? laterNs : timeNs + leapsNs
    counted.set(object, { timeNs, spanTimeNs })
    laterNs = spanTimeNs
    const gap = gaps[index] ?? 0n
    if (gap > leap) leapsNs += gap
  }
  return counted
}

function inOrder(history: readonly BundleMade[]): (BundleMade & { readonly isSetBack: boolean })[] {
  let latestNs = 0n
  return history
    .toSorted((a, b) => a.sequence - b.sequence)
    .map((made) => {
      const isSetBack = made.timeNs < latestNs
      latestNs = isSetBack ? latestNs : made.timeNs
      return { ...made, timeNs: latestNs, isSetBack }
    })
}

/** Whoever makes a bundle every quarter makes no pause by it. Where most gaps are leaps, nothing tells them from what is usual. */
function leapOf(gaps: readonly bigint[]): bigint {
  const sorted = gaps.toSorted((a, b) => (a < b ? -1 : a > b ? 1 : 0))
  // Of one or two gaps nothing is usual: either may be the leap.
  const usual = sorted.length < 3 ? 0n : (sorted[Math.floor((sorted.length - 1) / 2)] ?? 0n)
  const least = usual * timesTheUsual
  return least > shortestLeapNs ? least : shortestLeapNs
}
