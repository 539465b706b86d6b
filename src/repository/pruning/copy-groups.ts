import type { BlobPlace } from '../blob-index/blob-index.ts'
import type { BlobType } from '../packs/packed-blob.ts'
import type { Inventory } from './load-inventory.ts'

/** A blob that lies in several places. */
export interface CopyGroup {
  /** Its number. */
  readonly blob: number
  readonly type: BlobType
  /** All of them, no place twice. */
  readonly places: readonly BlobPlace[]
}

export interface CopyGroups {
  /** Whether the blob of this number lies in several places. */
  has(blob: number): boolean
  all(): Iterable<CopyGroup>
}

/** The blobs of which there are several copies, each with all of them. Made of numbers in order: there may be millions. */
export function copyGroups({ blobs, copies }: Inventory): CopyGroups {
  const order = new Uint32Array(copies.length).map((_, at) => at)
  order.sort((a, b) => copies.blobOf(a) - copies.blobOf(b))
  const several = new Uint8Array(copies.length === 0 ? 0 : blobs.count)
  for (const at of order) several[copies.blobOf(at)] = 1

  function* all(): Generator<CopyGroup> {
    for (let next = 0; next < order.length; ) {
      const blob = copies.blobOf(order[next] ?? 0)
      const entry = blobs.entryAt(blob)
      const places = entry?.place === undefined ? [] : [entry.place]
      for (; next < order.length && copies.blobOf(order[next] ?? 0) === blob; next++) {
        const place = copies.placeOf(order[next] ?? 0)
        if (!places.some((known) => known.pack === place.pack && known.offset === place.offset))
          places.push(place)
      }
      if (entry !== undefined) yield { blob, type: entry.type, places }
    }
  }

  return { has: (blob) => several[blob] === 1, all }
}
