const yearSeconds = 366 * 24 * 3600

/** A time from outside; `undefined` when no recording can have begun then. */
export function plausibleTime(seconds: number | undefined): Date | undefined {
  if (seconds === undefined || !Number.isFinite(seconds)) return undefined
  const isPlausible = seconds > 10 * yearSeconds && seconds < 200 * yearSeconds
  return isPlausible ? new Date(Math.round(seconds * 1000)) : undefined
}

/** A length from outside, to the millisecond; `undefined` when no session lasts so long. */
export function plausibleDuration(seconds: number | undefined): number | undefined {
  if (seconds === undefined || !Number.isFinite(seconds)) return undefined
  return seconds >= 0 && seconds < 10 * yearSeconds ? Math.round(seconds * 1000) / 1000 : undefined
}
