/** `3f2a`, `91bc`, …: to be compared by eye. */
export function groupsOfFour(hex: string): readonly string[] {
  return hex.match(/.{1,4}/g) ?? []
}

/** In UTC, as all times of Redoma: `2026-11-27`. */
export function isoDay(time: Date): string {
  return time.toISOString().slice(0, 10)
}
