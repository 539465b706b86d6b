import type { NamedScheme } from './make-key.ts'

/** Whether these shares, by their numbers over all groups from 1 on, are enough: whoever has them needs nobody else. */
export function opensAlone({ groupThreshold, groups }: NamedScheme, numbers: ReadonlySet<number>): boolean {
  let before = 0
  const complete = groups.filter(({ threshold, count }) => {
    const ofGroup = Array.from({ length: count }, (_, at) => before + at + 1)
    before += count
    return ofGroup.filter((number) => numbers.has(number)).length >= threshold
  })
  return complete.length >= groupThreshold
}
