import type { BlobPlace } from '../blob-index/blob-index.ts'
import type { Inventory } from './load-inventory.ts'

/** One place where a blob lies. */
export interface BlobCopy {
  /** Number of the blob. */
  readonly blob: number
  readonly place: BlobPlace
}

/** Copies have numbers too: first those in the table, by the numbers of their blobs, then the others. */
export function copyCount({ blobs, copies }: Inventory): number {
  return blobs.count + copies.length
}

/** `undefined` for a number that belongs to no blob. */
export function copyAt({ blobs, copies }: Inventory, number: number): BlobCopy | undefined {
  const other = number - blobs.count
  if (other >= 0) return { blob: copies.blobOf(other), place: copies.placeOf(other) }
  const place = blobs.entryAt(number)?.place
  return place === undefined ? undefined : { blob: number, place }
}
