const minuteMs = 60_000
const hourMs = 60 * minuteMs

/** For sentences: days, hours or minutes. */
export function spanWords(milliseconds: number): string {
  const hours = milliseconds / hourMs
  if (hours >= 48) return `${Math.round(hours / 24)} days`
  if (hours >= 2) return `${Math.round(hours)} hours`
  return `${Math.round(milliseconds / minuteMs)} minutes`
}
