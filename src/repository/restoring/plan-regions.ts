import type { BlobPlace } from '../blob-index/blob-index.ts'

/** Bytes between two blobs that are read along, rather than asking twice. */
const maxGapBytes = 128 * 1024
/** Of one read, unless a single blob is longer. */
const maxRegionBytes = 4 * 1024 * 1024
/** Small files are many in a part of a pack: told of all at once, a thread has long nothing to do, and then much to keep. */
const maxRegionBlobs = 512

/** A part of a pack that is read at once, and what lies in it. */
export interface Region<Blob> {
  readonly offset: number
  readonly length: number
  readonly blobs: readonly Blob[]
}

/** Cuts what is needed of one pack into regions, each read once. */
export function planRegions<Blob extends { readonly place: Pick<BlobPlace, 'offset' | 'length'> }>(
  blobs: readonly Blob[],
): Region<Blob>[] {
  const regions: { offset: number; length: number; blobs: Blob[] }[] = []
  for (const blob of blobs.toSorted((a, b) => a.place.offset - b.place.offset)) {
    const { offset, length } = blob.place
    const last = regions.at(-1)
    const end = last === undefined ? 0 : last.offset + last.length
    if (
      last === undefined ||
      last.blobs.length >= maxRegionBlobs ||
      offset - end > maxGapBytes ||
      offset + length - last.offset > maxRegionBytes
    ) {
      regions.push({ offset, length, blobs: [blob] })
      continue
    }
    last.length = Math.max(last.length, offset + length - last.offset)
    last.blobs.push(blob)
  }
  return regions
}
