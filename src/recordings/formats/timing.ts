import { scanLines } from './lines.ts'
import type { Peek } from './peek.ts'
import { plausibleDuration } from './plausible.ts'

/** Sums the delays of a timing file: one event a line, the delay in seconds in one of its columns. */
export async function timingDuration(
  timing: Peek,
  column: 0 | 1,
  signal: AbortSignal,
): Promise<{ readonly seconds: number | undefined; readonly problems: readonly string[] }> {
  let seconds = 0
  let strays = 0
  const end = await scanLines(
    timing,
    (line) => {
      const delay = line.split(' ', 2)[column]
      if (delay !== undefined && /^\d+(?:[.,]\d+)?$/.test(delay)) seconds += Number(delay.replace(',', '.'))
      else if (line !== '') strays += 1
    },
    signal,
  )
  const problems = strays === 0 ? [] : [`${strays} lines of the timing file are no events`]
  if (end === 'too-long') return { seconds: undefined, problems }
  const damage = end === 'damaged' ? ['the timing file is damaged or cut off'] : []
  return { seconds: plausibleDuration(seconds), problems: [...problems, ...damage] }
}
