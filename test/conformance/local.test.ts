import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll } from 'vitest'
import { localDestination } from '../../src/destinations/local/local-destination.ts'
import { withSecondReading } from '../../src/destinations/second-reading.ts'
import { handTurnedClock } from '../support/clock.ts'
import { testDestination } from './destination.ts'

const folders: string[] = []
afterAll(() => Promise.all(folders.map((path) => rm(path, { recursive: true }))))

async function makeLocal(): Promise<ReturnType<typeof localDestination>> {
  const path = await mkdtemp(join(tmpdir(), 'redoma-test-'))
  folders.push(path)
  return localDestination(path, handTurnedClock())
}

testDestination('local', makeLocal)
testDestination('local, read again where it fails,', async () => withSecondReading(await makeLocal()))
