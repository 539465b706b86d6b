import type { Lock } from './lock.ts'

/** `process 41 of root on pam-1, exclusively` */
export function describeHolder(lock: Lock): string {
  const who = `process ${lock.pid} of ${lock.username || 'somebody'} on ${lock.hostname || 'some host'}`
  return lock.exclusive ? `${who}, exclusively` : who
}

const units = [
  [24 * 60 * 60_000, 'day'],
  [60 * 60_000, 'hour'],
  [60_000, 'minute'],
] as const

/** `3 days`; a lock of which the clock here says that it will come is `just now` too. */
export function describeAge(ageMs: number): string {
  for (const [length, name] of units) {
    const number = Math.floor(ageMs / length)
    if (number >= 1) return `${number} ${name}${number === 1 ? '' : 's'}`
  }
  return 'less than a minute'
}
