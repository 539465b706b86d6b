import type { LostPacks } from './load-index.ts'

/** In words, for who writes to the repository; `undefined` where nothing is lost. */
export function lostPacksProblem({ missing, cutOff }: LostPacks): string | undefined {
  const count = missing.size + cutOff.size
  if (count === 0) return undefined
  const [pack] = [...missing, ...cutOff]
  const others = count === 1 ? '' : ` and ${count - 1} more`
  const what = cutOff.size === 0 ? 'missing' : missing.size === 0 ? 'cut off' : 'missing or cut off'
  const verb = count === 1 ? 'is' : 'are'
  return (
    `data/${(pack ?? '').slice(0, 8)}…${others} ${verb} ${what}. What is still at hand of it is stored again; older snapshots may lack ` +
    'the rest: redoma backup verify, then redoma backup repair index'
  )
}
