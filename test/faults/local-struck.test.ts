import { mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe } from 'vitest'
import { localDestination } from '../../src/destinations/local/local-destination.ts'
import { memoryDisk } from '../support/memory-disk.ts'
import { mountRefused } from '../support/mounting.ts'
import { type Patient, strikeRuns } from './striking/strike-runs.ts'

const names = ['the disk is full', 'the folder is taken away'] as const

describe.skipIf(mountRefused())('a disk of copies', () => {
  strikeRuns('to a folder', names, aDisk, { concurrently: true })
})

async function aDisk(): Promise<Patient<(typeof names)[number]>> {
  await using opening = new AsyncDisposableStack()
  const disk = opening.use(await memoryDisk(64))
  const copies = join(disk.path, 'copies')
  await mkdir(copies)
  const ballast = join(disk.path, 'ballast')
  const destination = localDestination(copies, { now: () => new Date() })
  const stack = opening.move()
  return {
    direct: destination,
    reach: async () => ({ ...destination, [Symbol.asyncDispose]: () => Promise.resolve() }),
    blows: {
      'the disk is full': {
        strike: () => writeFile(ballast, Buffer.alloc(128 * 1024 * 1024)).catch(() => undefined),
        heal: () => rm(ballast, { force: true }),
        says: /^DESTINATION_FULL: /,
      },
      'the folder is taken away': {
        strike: () => rename(copies, `${copies}-away`),
        // Nothing may have been made in its place meanwhile: it would be in the way.
        heal: () => rename(`${copies}-away`, copies),
        says: /^DESTINATION_UNREACHABLE: .* is not there/,
      },
    },
    [Symbol.asyncDispose]: () => stack[Symbol.asyncDispose](),
  }
}
