import type { Catalogue } from '../ports/catalogue.ts'
import { instanceSource } from './stage-instance.ts'

const runsLookedAt = 50

/** What the newest copies of each source hold, in bytes in the clear; `undefined` before the first of them. */
export async function protectedBytes({
  runs,
  sources,
}: Pick<Catalogue, 'runs' | 'sources'>): Promise<number | undefined> {
  const present = new Set([instanceSource, ...(await sources.list()).map(({ name }) => name)])
  const newest = new Map<string, number>()
  for (const { parts } of await runs.list(runsLookedAt)) {
    for (const { job, source, outcome, figures } of parts) {
      // Secrets of all sources are one bundle; what else was removed is protected no longer.
      if (outcome.kind === 'failed' || (job !== 'secrets' && !present.has(source))) continue
      const key = `${job} ${source}`
      if (!newest.has(key)) newest.set(key, figures.bytes)
    }
  }
  if (newest.size === 0) return undefined
  return [...newest.values()].reduce((sum, bytes) => sum + bytes, 0)
}
