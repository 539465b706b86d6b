import { RedomaError } from '../../core/errors.ts'

/**
 * Does so much work at once, and lets so much more wait.
 *
 * @throws RedomaError `TOO_OFTEN` when that many wait already
 */
export function fewAtOnce(most: number, mostWaiting: number): <T>(work: () => Promise<T>) => Promise<T> {
  let underWay = 0
  const waiting: (() => void)[] = []
  return async (work) => {
    if (underWay >= most) {
      if (waiting.length >= mostWaiting)
        throw new RedomaError('TOO_OFTEN', 'too many are signing in', { hint: 'Try again in a minute.' })
      // Who ends hands over the place.
      await new Promise<void>((resolve) => waiting.push(resolve))
    } else underWay += 1
    try {
      return await work()
    } finally {
      const next = waiting.shift()
      if (next === undefined) underWay -= 1
      else next()
    }
  }
}
