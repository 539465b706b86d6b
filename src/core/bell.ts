/** Wakes one who waits. Rung while nobody does, it wakes the next one at once. */
export interface Bell {
  ring(): void
  /** Kept when it is rung, after so many milliseconds at the latest. @throws the signal's reason */
  wait(milliseconds: number, signal: AbortSignal): Promise<void>
}

export function makeBell(): Bell {
  let isRung = false
  let wake: (() => void) | undefined
  return {
    ring() {
      isRung = true
      wake?.()
    },
    async wait(milliseconds, signal) {
      signal.throwIfAborted()
      if (!isRung) await rungOrOver(milliseconds, signal)
      isRung = false
      signal.throwIfAborted()
    },
  }

  function rungOrOver(milliseconds: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const end = (): void => {
        clearTimeout(timer)
        signal.removeEventListener('abort', end)
        wake = undefined
        resolve()
      }
      const timer = setTimeout(end, Math.min(milliseconds, longestMs))
      signal.addEventListener('abort', end, { once: true })
      wake = end
    })
  }
}

/** What `setTimeout` takes. */
const longestMs = 2 ** 31 - 1
