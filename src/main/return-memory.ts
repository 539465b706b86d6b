import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { loadReturnMemory } from '../crypto/native.ts'

/** Does the work; whoever is the last to end gives back what all took. */
export type ReturningMemory = <T>(work: () => Promise<T>) => Promise<T>

/**
 * Gives back what a run took: the buffers that nobody has any more, which an idle process would collect in hours, and what the C library keeps of them, which it
 * would never give back (some hundred MiB of large pages after a few runs). Takes some hundredths of a second, in which nothing else happens.
 */
export function returningMemory(): ReturningMemory {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  const trim = loadReturnMemory()
  let working = 0
  return async (work) => {
    working += 1
    try {
      return await work()
    } finally {
      working -= 1
      if (working === 0) {
        collect()
        trim?.()
      }
    }
  }
}
