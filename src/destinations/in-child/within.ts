import { setTimeout as wait } from 'node:timers/promises'

/** Whether a promise is kept within so many milliseconds; false when it is broken, too. */
export async function within(promise: Promise<unknown>, milliseconds: number): Promise<boolean> {
  const stop = new AbortController()
  const kept = promise.then(
    () => true,
    () => false,
  )
  const late = wait(milliseconds, false, { signal: stop.signal }).catch(() => false)
  try {
    return await Promise.race([kept, late])
  } finally {
    stop.abort()
  }
}
