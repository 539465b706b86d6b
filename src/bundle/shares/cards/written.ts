/** `3f2a`, `91bc`, …: to be compared by eye. */
export function groupsOfFour(hex: string): readonly string[] {
  return hex.match(/.{1,4}/g) ?? []
}

/** For what is not known when a card is made, and is as long as `SHA256:…` by hand. */
export const lineToWriteOn: readonly string[] = ['SHA256:', '_'.repeat(72)]

/** In UTC, as all times of Redoma: `2026-11-27`. */
export function isoDay(time: Date): string {
  return time.toISOString().slice(0, 10)
}
