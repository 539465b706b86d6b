import { whenAborted } from '../../core/when-aborted.ts'

/** So many at a time go through, the others wait in their order. */
export interface Gate {
  /** Kept when it may go on, with what is to be called when it is through. */
  enter(signal: AbortSignal): Promise<() => void>
}

export function makeGate(atOnce: number): Gate {
  const waiting: (() => void)[] = []
  let inside = 0
  const leave = (): void => {
    inside--
    waiting.shift()?.()
  }
  return {
    async enter(signal) {
      if (inside >= atOnce) {
        const { promise, resolve } = Promise.withResolvers<undefined>()
        const letIn = (): void => {
          // At once, or whoever comes in between would take the place.
          inside++
          resolve(undefined)
        }
        waiting.push(letIn)
        using aborted = whenAborted(signal)
        try {
          await Promise.race([promise, aborted.promise])
        } catch (error) {
          const place = waiting.indexOf(letIn)
          if (place >= 0) waiting.splice(place, 1)
          else leave()
          throw error
        }
      } else inside++
      return leave
    },
  }
}
