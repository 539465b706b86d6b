import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll } from 'vitest'
import { wait } from '../../src/core/wait.ts'
import { localDestination } from '../../src/destinations/local/local-destination.ts'
import { withBandwidth } from '../../src/destinations/with-bandwidth.ts'
import { withFigures } from '../../src/destinations/with-figures.ts'
import { withRetry } from '../../src/destinations/with-retry.ts'
import { handTurnedClock } from '../support/clock.ts'
import { testDestination } from './destination.ts'

const folders: string[] = []
afterAll(() => Promise.all(folders.map((path) => rm(path, { recursive: true }))))

async function makeLocal(): Promise<ReturnType<typeof localDestination>> {
  const path = await mkdtemp(join(tmpdir(), 'redoma-test-'))
  folders.push(path)
  return localDestination(path, handTurnedClock())
}

const nowMs = (): number => performance.now()
const limit = 200 * 1024 * 1024

testDestination('limited', async () =>
  withBandwidth(await makeLocal(), { uploadLimit: limit, downloadLimit: limit }, { nowMs, wait }),
)
testDestination('retried', async () => withRetry(await makeLocal(), { nowMs, wait, random: () => 0 }))
testDestination('counted', async () => withFigures(await makeLocal(), nowMs).destination)
