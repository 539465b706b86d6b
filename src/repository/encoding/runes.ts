/** What `visitRunes` reports where a byte is not part of valid UTF-8. */
export const invalidRune = -1

/**
 * Walks over UTF-8 as Go's `utf8.DecodeRune` does: a byte that begins no valid sequence counts alone, as `invalidRune`.
 * A text decoder will not do: it merges several invalid bytes into one replacement character.
 */
export function visitRunes(
  bytes: Uint8Array,
  visit: (rune: number, start: number, end: number) => void,
): void {
  for (let start = 0; start < bytes.length; ) {
    const rune = runeAt(bytes, start)
    const end = start + (rune === invalidRune ? 1 : widthOf(rune))
    visit(rune, start, end)
    start = end
  }
}

function runeAt(bytes: Uint8Array, start: number): number {
  const first = bytes[start] ?? 0
  if (first < 0x80) return first
  if (first < 0xc2 || first > 0xf4) return invalidRune
  const length = first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4
  let rune = first & (0xff >> (length + 1))
  for (let i = 1; i < length; i++) {
    const next = bytes[start + i] ?? 0
    if (next < 0x80 || next > 0xbf) return invalidRune
    rune = (rune << 6) | (next & 0x3f)
  }
  return isValidRune(rune) && widthOf(rune) === length ? rune : invalidRune
}

export function isValidRune(rune: number): boolean {
  return rune < 0xd800 || (rune > 0xdfff && rune <= 0x10ffff)
}

function widthOf(rune: number): number {
  return rune < 0x80 ? 1 : rune < 0x800 ? 2 : rune < 0x10000 ? 3 : 4
}
