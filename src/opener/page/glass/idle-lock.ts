const openIdleMs = 5 * 60 * 1000
const warningMs = 30 * 1000
const stepMs = 1000

export interface IdleLockEvents {
  warn(): void
  calm(): void
  lock(): void
}

/** Locks when nobody touches the page for so long (five minutes), with a warning before, and again after as long. @returns what ends it */
export function watchIdle(now: () => number, events: IdleLockEvents, idleMs = openIdleMs): () => void {
  const ending = new AbortController()
  let lastTouch = now()
  let isWarned = false
  const touch = () => {
    lastTouch = now()
    if (!isWarned) return
    isWarned = false
    events.calm()
  }
  const look = () => {
    const idle = now() - lastTouch
    if (idle >= idleMs) {
      lastTouch = now()
      events.lock()
    } else if (idle >= idleMs - warningMs && !isWarned) {
      isWarned = true
      events.warn()
    }
  }
  for (const kind of ['pointerdown', 'pointermove', 'keydown', 'wheel', 'touchstart']) {
    document.addEventListener(kind, touch, { signal: ending.signal, passive: true })
  }
  // A laptop that was closed: timers slept as well.
  document.addEventListener('visibilitychange', look, { signal: ending.signal })
  const timer = setInterval(look, stepMs)
  return () => {
    ending.abort()
    clearInterval(timer)
  }
}
