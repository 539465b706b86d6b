import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll } from 'vitest'
import { thisNode } from '../../src/destinations/in-child/child.ts'
import { inChildDestination } from '../../src/destinations/in-child/in-child-destination.ts'
import { withSecondReading } from '../../src/destinations/second-reading.ts'
import { handTurnedClock } from '../support/clock.ts'
import { ownEnvironment } from '../support/own-environment.ts'
import { testDestination } from './destination.ts'

const folders: string[] = []
const opened: AsyncDisposable[] = []
afterAll(async () => {
  for (const destination of opened) await destination[Symbol.asyncDispose]()
  await Promise.all(folders.map((path) => rm(path, { recursive: true })))
})

async function makeInChild(): Promise<ReturnType<typeof inChildDestination>> {
  const path = await mkdtemp(join(tmpdir(), 'redoma-test-'))
  folders.push(path)
  const destination = inChildDestination({
    expected: { path },
    node: thisNode(ownEnvironment),
    clock: handTurnedClock(),
  })
  opened.push(destination)
  return destination
}

testDestination('child process’s', async () => withSecondReading(await makeInChild()))
