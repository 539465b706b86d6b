/** How soon a changed vault is to be in a bundle. */
export interface BundlePolicy {
  /** With no change for so long, a bundle is made: several changes in a row become one. */
  readonly quietMs: number
  /** However many changes follow each other, the first waits no longer than this. */
  readonly longestWaitMs: number
  /** Bundles follow each other no sooner than this. */
  readonly leastGapMs: number
  /** Without any change, too, a bundle is made so often: the newest shows that all is well. Absent: only after changes. */
  readonly everyMs?: number | undefined
}

/** What is known of the changes since the last bundle. */
export interface VaultChanges {
  readonly first: Date
  readonly last: Date
}

/**
 * When the next bundle is to be made, by what has changed since the last one; now, or before now: at once. `undefined`: not before something
 * changes.
 *
 * A clock that was set back makes no bundle wait for the day that it showed before: what lies in the future counts as now.
 *
 * @param changes absent where nothing has
 * @param lastBundle when the newest one was made; absent where there is none
 */
export function whenToBundle(
  changes: VaultChanges | undefined,
  lastBundle: Date | undefined,
  policy: BundlePolicy,
  now: Date,
): Date | undefined {
  if (lastBundle === undefined) return now
  const past = (time: Date): number => Math.min(time.getTime(), now.getTime())
  const made = past(lastBundle)
  const due = [
    ...(changes === undefined
      ? []
      : [Math.min(past(changes.last) + policy.quietMs, past(changes.first) + policy.longestWaitMs)]),
    ...(policy.everyMs === undefined ? [] : [made + policy.everyMs]),
  ]
  if (due.length === 0) return undefined
  return new Date(Math.max(Math.min(...due), made + policy.leastGapMs))
}
