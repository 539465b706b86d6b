/** Runs of zeros at least this long become holes. */
const holeBytes = 64 * 1024
const zeros = new Uint8Array(holeBytes)

/** A part of a content, from its first byte to the one after its last. */
export interface Extent {
  readonly from: number
  readonly to: number
}

/** What of `content` is written: runs of zeros are left out, as the file is new and reads as zeros there. */
export function dataExtents(content: Uint8Array): Extent[] {
  const extents: Extent[] = []
  let from = 0
  for (let at = 0; at + holeBytes <= content.length; at += holeBytes) {
    if (Buffer.compare(content.subarray(at, at + holeBytes), zeros) !== 0) continue
    if (at > from) extents.push({ from, to: at })
    from = at + holeBytes
  }
  if (content.length > from) extents.push({ from, to: content.length })
  return extents
}
