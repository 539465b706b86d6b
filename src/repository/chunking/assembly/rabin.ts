/*
 * The search for cuts, in AssemblyScript (compiled to rabin-module.ts by `node scripts/build-chunker.ts`): JavaScript has no
 * integers of 64 bits that are fast. The fingerprint of a window of 64 bytes depends on these bytes alone, so that four
 * stretches can be searched at once; one fingerprint after the other would wait for each table look-up.
 */

/** Bytes that one fingerprint covers. */
const window: usize = 64
/** Degree of the polynomial. */
const degree: u64 = 53
/** A cut is where these bits of the fingerprint are zero: every MiB on average. */
const mask: u64 = (1 << 20) - 1

/** What the byte that leaves the window contributes, and what the bits that leave at the top become. 256 entries each. */
const outTable: usize = memory.data(2048, 8)
const modTable: usize = memory.data(2048, 8)

/** Bytes of each of the four stretches that are searched at once. */
const stretch: usize = 2048

export function setPolynomial(polynomial: u64): void {
  for (let byte: u64 = 0; byte < 256; byte++) {
    store<u64>(modTable + ((<usize>byte) << 3), modulo(byte << degree, polynomial) | (byte << degree))
  }
  for (let byte: u64 = 0; byte < 256; byte++) {
    let digest = byte
    for (let i: usize = 1; i < window; i++) digest = append(digest, 0)
    store<u64>(outTable + ((<usize>byte) << 3), digest)
  }
}

/**
 * The first address from `from` to `to` (inclusive) before which a chunk may be cut, or 0: the 64 bytes before it have a
 * fingerprint that ends in zeros. 64 bytes before `from` must be of the chunk too.
 */
export function findCut(from: usize, to: usize): usize {
  if (from > to) return 0
  let digest = fingerprint(from)
  if ((digest & mask) == 0) return from
  let at = from
  while (to - at >= 4 * stretch) {
    if (!anyCutInStretches(at, digest)) {
      at += 4 * stretch
      digest = fingerprint(at)
      continue
    }
    return findCutSlowly(at, at + 4 * stretch, digest)
  }
  return findCutSlowly(at, to, digest)
}

/** One address after the other, beginning behind `at`, whose fingerprint is given. */
function findCutSlowly(at: usize, to: usize, start: u64): usize {
  let digest = start
  while (at < to) {
    digest = slide(digest, at)
    at++
    if ((digest & mask) == 0) return at
  }
  return 0
}

/** Whether there is a cut behind `at`, within four stretches. */
function anyCutInStretches(at: usize, start: u64): bool {
  let d0 = start
  let d1 = fingerprint(at + stretch)
  let d2 = fingerprint(at + 2 * stretch)
  let d3 = fingerprint(at + 3 * stretch)
  for (const end = at + stretch; at < end; at++) {
    d0 = slide(d0, at)
    d1 = slide(d1, at + stretch)
    d2 = slide(d2, at + 2 * stretch)
    d3 = slide(d3, at + 3 * stretch)
    if (i32((d0 & mask) == 0) | i32((d1 & mask) == 0) | i32((d2 & mask) == 0) | i32((d3 & mask) == 0))
      return true
  }
  return false
}

/** Of the 64 bytes before `address`. */
function fingerprint(address: usize): u64 {
  let digest: u64 = 0
  for (let at = address - window; at < address; at++) digest = append(digest, load<u8>(at))
  return digest
}

/** The window moves over the byte at `address`. */
function slide(digest: u64, address: usize): u64 {
  return append(digest ^ load<u64>(outTable + ((<usize>load<u8>(address - window)) << 3)), load<u8>(address))
}

function append(digest: u64, byte: u8): u64 {
  const top = <usize>(digest >> (degree - 8))
  return ((digest << 8) | <u64>byte) ^ load<u64>(modTable + (top << 3))
}

function modulo(value: u64, polynomial: u64): u64 {
  for (let bit: i32 = 63; bit >= <i32>degree; bit--) {
    if ((value >> <u64>bit) & 1) value ^= polynomial << (<u64>bit - degree)
  }
  return value
}
