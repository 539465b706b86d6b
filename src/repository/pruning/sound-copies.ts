import type { BlobPlace } from '../blob-index/blob-index.ts'
import type { BlobType } from '../packs/packed-blob.ts'
import type { BlobCopy } from './every-copy.ts'
import type { Inventory } from './load-inventory.ts'

/** What is known of copies after all trees that are needed were read. */
export interface SoundCopies {
  /** Numbers of packs in which something cannot be read: what another pack has, too, is not left to these. */
  readonly doubtful: ReadonlySet<number>
  /** Where trees were read, by their numbers: those that were not read where the table of blobs has them. */
  readonly readElsewhere: ReadonlyMap<number, BlobPlace>
}

/**
 * The copy that was read, of a tree that is needed. Nobody knows of the others whether they are whole; and which of them the table
 * has depends on the names of the indexes, which are random. `undefined` for contents: those were not read.
 */
export function readCopy(
  { readElsewhere }: SoundCopies,
  { blobs }: Inventory,
  blob: number,
  type: BlobType,
): BlobPlace | undefined {
  return type === 'tree' ? (readElsewhere.get(blob) ?? blobs.entryAt(blob)?.place) : undefined
}

/** Says of each copy whether a blob may be left to it alone, as far as that is known. */
export function judgeCopies(
  inventory: Inventory,
  sound: SoundCopies,
  everyCopy: () => Iterable<BlobCopy>,
): (copy: BlobCopy) => boolean {
  const { doubtful } = sound
  const isElsewhere = new Uint8Array(inventory.blobs.count)
  if (doubtful.size > 0)
    for (const { blob, place } of everyCopy()) if (!doubtful.has(place.pack)) isElsewhere[blob] = 1
  return ({ blob, place }) => {
    const type = inventory.blobs.entryAt(blob)?.type ?? 'data'
    const read = readCopy(sound, inventory, blob, type)
    if (read !== undefined) return isSamePlace(read, place)
    return isElsewhere[blob] === 0 || !doubtful.has(place.pack)
  }
}

export function isSamePlace(one: BlobPlace | undefined, other: BlobPlace): boolean {
  return one?.pack === other.pack && one.offset === other.offset
}
