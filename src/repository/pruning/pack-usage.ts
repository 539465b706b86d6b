import { RedomaError } from '../../core/errors.ts'
import type { BlobPlace } from '../blob-index/blob-index.ts'
import { envelopeOverhead } from '../envelope/envelope.ts'
import type { ObjectId } from '../ids.ts'
import { entryBytes } from '../packs/pack-header.ts'
import type { BlobType } from '../packs/packed-blob.ts'
import { type CopyGroups, copyGroups } from './copy-groups.ts'
import type { Inventory } from './load-inventory.ts'
import type { UsedBlobs } from './mark-used.ts'
import { isSamePlace, readCopy, type SoundCopies } from './sound-copies.ts'

/** What a pack is needed for. Bytes are those of sealed blobs and of their lines in the header. */
export interface PackUsage {
  readonly id: ObjectId
  /** `mixed` is what old versions of restic wrote: data and trees belong in different packs. */
  readonly kind: BlobType | 'mixed'
  /** At the destination; `undefined` when it is not there. */
  readonly size: number | undefined
  readonly usedBlobs: number
  readonly usedBytes: number
  /** What no snapshot needs, and copies of what is counted as used in another pack. */
  readonly unusedBlobs: number
  readonly unusedBytes: number
}

interface Tally {
  readonly id: ObjectId
  readonly size: number | undefined
  readonly isDoubtful: boolean
  /** By what the indexes say. */
  expectedSize: number
  kind: PackUsage['kind'] | undefined
  usedBlobs: number
  usedBytes: number
  unusedBlobs: number
  unusedBytes: number
}

/**
 * How much of each pack is needed, in the order of `inventory.packs`. Of a blob that lies in several packs one copy counts, in
 * a pack that is there and whole: of a tree the one that was read.
 *
 * @param sizes of all packs at the destination
 * @param sound what is known of the copies
 * @throws RedomaError `REPOSITORY_DAMAGED` when something that is needed lies only in packs that are missing or of the wrong size
 */
export function packUsages(
  inventory: Inventory,
  used: UsedBlobs,
  sizes: ReadonlyMap<ObjectId, number>,
  sound: SoundCopies,
): PackUsage[] {
  const tallies = inventory.packs.map((id, pack) => emptyTally(id, sizes.get(id), sound.doubtful.has(pack)))
  const tallyOf = ({ pack }: BlobPlace): Tally => {
    const tally = tallies[pack]
    if (tally === undefined) throw new RedomaError('INTERNAL', `no pack has the number ${pack}`)
    return tally
  }
  const groups = copyGroups(inventory)
  measure(inventory, groups, tallyOf)
  countSingle(inventory, groups, used, tallyOf)
  // Afterwards, since what lies in one pack alone decides in which pack a copy is wanted.
  for (const { blob, type, places } of groups.all()) {
    if (used[blob] === 1) chooseCopy(places, readCopy(sound, inventory, blob, type), tallyOf)
    else for (const place of places) countUnused(tallyOf(place), place)
  }
  return tallies.map(usageOf)
}

function usageOf(tally: Tally): PackUsage {
  const { id, size, kind = 'data', usedBlobs, usedBytes, unusedBlobs, unusedBytes } = tally
  return { id, size, kind, usedBlobs, usedBytes, unusedBlobs, unusedBytes }
}

const footerBytes = envelopeOverhead + 4

function emptyTally(id: ObjectId, size: number | undefined, isDoubtful: boolean): Tally {
  const nothing = { usedBlobs: 0, usedBytes: 0, unusedBlobs: 0, unusedBytes: 0 }
  return { id, size, isDoubtful, expectedSize: footerBytes, kind: undefined, ...nothing }
}

type TallyOf = (place: BlobPlace) => Tally

function measure({ blobs }: Inventory, groups: CopyGroups, tallyOf: TallyOf): void {
  const add = (type: BlobType, place: BlobPlace): void => {
    const tally = tallyOf(place)
    tally.expectedSize += weightOf(place)
    tally.kind = tally.kind === undefined || tally.kind === type ? type : 'mixed'
  }
  for (let blob = 0; blob < blobs.count; blob++) {
    const entry = blobs.entryAt(blob)
    if (entry?.place === undefined || groups.has(blob)) continue
    add(entry.type, entry.place)
  }
  for (const { type, places } of groups.all()) for (const place of places) add(type, place)
}

function countSingle({ blobs }: Inventory, groups: CopyGroups, used: UsedBlobs, tallyOf: TallyOf): void {
  for (let blob = 0; blob < blobs.count; blob++) {
    const place = groups.has(blob) ? undefined : blobs.entryAt(blob)?.place
    if (place === undefined) continue
    const tally = tallyOf(place)
    if (used[blob] !== 1) countUnused(tally, place)
    else if (isWhole(tally)) countUsed(tally, place)
    else throw lost(tally)
  }
}

/**
 * The copy in the pack that is worth most to keep: one that is needed anyway, or one in which nothing is unused, as a prune that
 * was interrupted has left it. One in which something cannot be read is worth less than any other, and the copy that was read is
 * worth more.
 */
function chooseCopy(places: readonly BlobPlace[], read: BlobPlace | undefined, tallyOf: TallyOf): void {
  let chosen: BlobPlace | undefined
  let best = -1
  for (const place of places) {
    const tally = tallyOf(place)
    const worth =
      (isSamePlace(read, place) ? 8 : 0) +
      (tally.isDoubtful ? 0 : 4) +
      (tally.usedBlobs > 0 ? 2 : 0) +
      (tally.unusedBlobs === 0 ? 1 : 0)
    if (!isWhole(tally) || worth <= best) continue
    chosen = place
    best = worth
  }
  for (const place of places) {
    const tally = tallyOf(place)
    if (chosen === undefined) throw lost(tally)
    if (place === chosen) countUsed(tally, place)
    else countUnused(tally, place)
  }
}

function countUsed(tally: Tally, place: BlobPlace): void {
  tally.usedBlobs++
  tally.usedBytes += weightOf(place)
}

function countUnused(tally: Tally, place: BlobPlace): void {
  tally.unusedBlobs++
  tally.unusedBytes += weightOf(place)
}

function weightOf(place: BlobPlace): number {
  return place.length + entryBytes(place)
}

function isWhole({ size, expectedSize }: Tally): boolean {
  return size === expectedSize
}

function lost({ id, size, expectedSize }: Tally): RedomaError {
  const what = size === undefined ? 'is missing' : `has ${size} bytes, expected ${expectedSize}`
  const next =
    size !== undefined && size > expectedSize
      ? 'It grew at the destination. To save what is whole of it: redoma backup repair packs'
      : 'See which snapshots are harmed: redoma backup verify'
  return new RedomaError('REPOSITORY_DAMAGED', `the pack ${id} ${what}, and snapshots need what lies in it`, {
    hint: `Nothing was removed. ${next}`,
  })
}
