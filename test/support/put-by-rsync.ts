import { rsyncDestination } from '../../src/destinations/rsync/rsync-destination.ts'
import { bodyOf, parseObjectName } from '../../src/ports/destination.ts'
import type { RsyncSpec } from '../../src/ports/destination-spec.ts'

/** A program to be killed: puts objects, each of one byte repeated, and tells of each flush; or it ends after so many. */
const [spec = '', spoolFolder = '', keyPath = '', rounds = 'Infinity'] = process.argv.slice(2)
const destination = await rsyncDestination(JSON.parse(spec) as RsyncSpec, {
  clock: { now: () => new Date() },
  spoolFolder,
  keyPath,
})
const { signal } = new AbortController()

for (let round = 0; round < Number(rounds); round++) {
  await destination.put(
    parseObjectName(`folder/${round}`),
    bodyOf(new Uint8Array(200_000).fill(round % 256)),
    signal,
  )
  if (round % 3 !== 2) continue
  await destination.flush(signal)
  process.stdout.write('.')
}

await destination[Symbol.asyncDispose]()
process.stdout.write('!')
