import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { loadReturnMemory } from '../crypto/native.ts'

export interface ReturningMemory extends Disposable {
  /** Does the work; when all has ended, and nothing has begun for a while, what it took is given back. */
  readonly during: <T>(work: () => Promise<T>) => Promise<T>
}

type Collect = (how: {
  readonly type: 'major'
  readonly execution: 'sync'
  readonly flavor: 'last-resort'
}) => void

/** Runs that follow each other give it back once. */
const restMs = 3000

/**
 * Gives back what a run took, and what starting did: the buffers that nobody has any more, which an idle process would collect in hours; the room for young objects, which
 * V8 grows at work and keeps, up to 24 MiB, unless it is told that memory is short; and what the C library keeps of them, which it would never give back (some hundred MiB of
 * large pages after a few runs). Takes a tenth of a second or two, in which nothing else happens.
 */
export function returningMemory(): ReturningMemory {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as Collect
  const trim = loadReturnMemory()
  let working = 0
  let resting = setTimeout(giveBack, restMs).unref()

  function giveBack(): void {
    collect({ type: 'major', execution: 'sync', flavor: 'last-resort' })
    trim?.()
  }

  return {
    async during(work) {
      working += 1
      clearTimeout(resting)
      try {
        return await work()
      } finally {
        working -= 1
        if (working === 0) resting = setTimeout(giveBack, restMs).unref()
      }
    },
    [Symbol.dispose]: () => {
      clearTimeout(resting)
    },
  }
}
