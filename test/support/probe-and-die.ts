import { makeWatchDestinations } from '../../src/app/watch/watch-destinations.ts'
import { openCatalogue } from '../../src/catalogue/open-catalogue.ts'
import { noProgress } from '../../src/ports/progress.ts'

/** A program that finds that all destinations of an instance are well, and is killed when it is about to tell so. */
const [home = ''] = process.argv.slice(2)
const clock = { now: () => new Date() }
const silent = () => undefined
const watch = makeWatchDestinations({
  catalogue: await openCatalogue({ home, clock }),
  clock,
  log: { info: silent, warn: silent, error: silent },
  processId: process.pid,
  probe: async () => ({ kind: 'answered', tookMs: 1, space: undefined }),
})
const notifier = {
  tell: () => {
    process.kill(process.pid, 'SIGKILL')
    return new Promise<never>(() => undefined)
  },
}
await watch({ names: [], notifier, progress: noProgress }, new AbortController().signal)
