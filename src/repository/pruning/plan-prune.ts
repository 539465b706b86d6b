import type { StoredObject } from '../objects.ts'
import { targetPackBytes } from '../packs/pack-builder.ts'
import type { PackUsage } from './pack-usage.ts'
import { type PruneOptions, unusedAllowed } from './prune-options.ts'

/** What becomes of a pack: it stays as it is, what is needed of it is written anew, or nothing of it is needed. */
export type PackFate = 'keep' | 'repack' | 'remove'

export interface PrunePlan {
  /** In the order of the packs. */
  readonly fates: readonly PackFate[]
  /** Packs that no index names: left by a run that was interrupted. */
  readonly unindexed: readonly StoredObject[]
  readonly figures: PruneFigures
}

/** Bytes are those of whole packs, if nothing else is said. */
export interface PruneFigures {
  readonly packs: number
  readonly bytes: number
  readonly removedPacks: number
  readonly repackedPacks: number
  readonly repackedBytes: number
  readonly unindexedPacks: number
  /** So much less is stored afterwards. */
  readonly freedBytes: number
  /** What stays without being needed. */
  readonly unusedBytesLeft: number
}

/** A pack that is smaller is written anew with others of its kind, when there are so many. */
const smallPackBytes = targetPackBytes / 4
const smallPacksMerged = 10

/**
 * Which packs go. What is partly used is written anew until no more than `maxUnused` is left; packs of trees in any case, as
 * they are small and read often.
 */
export function planPrune(
  packs: readonly PackUsage[],
  unindexed: readonly StoredObject[],
  options: PruneOptions,
): PrunePlan {
  const repacked = choosePacks(packs, options)
  const fates = packs.map((pack) =>
    pack.usedBlobs === 0 ? 'remove' : repacked.has(pack) ? 'repack' : 'keep',
  )
  return { fates, unindexed, figures: figuresOf(packs, fates, unindexed) }
}

function choosePacks(packs: readonly PackUsage[], options: PruneOptions): ReadonlySet<PackUsage> {
  const needed = packs.filter(({ usedBlobs }) => usedBlobs > 0)
  const allowed = unusedAllowed(
    options.maxUnused,
    sum(needed, ({ usedBytes }) => usedBytes),
  )
  const mergeable = smallPacks(needed)
  const candidates = needed
    .filter((pack) => isPartlyUsed(pack) || mergeable.has(pack))
    .toSorted((a, b) => urgency(b) - urgency(a) || wasteOf(b) - wasteOf(a))
  let unusedBytes = sum(needed, (pack) => pack.unusedBytes)
  let repackBytes = 0
  const chosen = new Set<PackUsage>()
  for (const pack of candidates) {
    if (repackBytes + sizeOf(pack) > options.maxRepackBytes) continue
    const isTolerable = pack.kind === 'data' && !mergeable.has(pack) && unusedBytes <= allowed
    if (isTolerable) continue
    chosen.add(pack)
    repackBytes += sizeOf(pack)
    unusedBytes -= pack.unusedBytes
  }
  return chosen
}

/** Where there are enough of a kind to be worth it: else the last pack of each run would be written again and again. */
function smallPacks(packs: readonly PackUsage[]): ReadonlySet<PackUsage> {
  const small = packs.filter((pack) => sizeOf(pack) < smallPackBytes)
  const ofKind = (kind: PackUsage['kind']): PackUsage[] => small.filter((pack) => pack.kind === kind)
  return new Set(
    [ofKind('data'), ofKind('tree')].flatMap((some) => (some.length < smallPacksMerged ? [] : some)),
  )
}

function isPartlyUsed(pack: PackUsage): boolean {
  return pack.unusedBlobs > 0 || pack.kind === 'mixed'
}

/** What is repacked in any case comes before what is for its waste alone. */
function urgency(pack: PackUsage): number {
  return (pack.kind === 'data' ? 0 : 2) + (sizeOf(pack) < smallPackBytes ? 1 : 0)
}

function wasteOf({ usedBytes, unusedBytes }: PackUsage): number {
  return unusedBytes / (usedBytes + unusedBytes)
}

function sizeOf({ size = 0 }: PackUsage): number {
  return size
}

function figuresOf(
  packs: readonly PackUsage[],
  fates: readonly PackFate[],
  unindexed: readonly StoredObject[],
): PruneFigures {
  const of = (fate: PackFate): PackUsage[] => packs.filter((_, index) => fates[index] === fate)
  const unindexedBytes = sum(unindexed, ({ size }) => size)
  const repacked = of('repack')
  return {
    packs: packs.length + unindexed.length,
    bytes: sum(packs, sizeOf) + unindexedBytes,
    removedPacks: of('remove').length,
    repackedPacks: repacked.length,
    repackedBytes: sum(repacked, sizeOf),
    unindexedPacks: unindexed.length,
    freedBytes: sum(of('remove'), sizeOf) + sum(repacked, (pack) => pack.unusedBytes) + unindexedBytes,
    unusedBytesLeft: sum(of('keep'), (pack) => pack.unusedBytes),
  }
}

function sum<T>(items: readonly T[], of: (item: T) => number): number {
  return items.reduce((total, item) => total + of(item), 0)
}
