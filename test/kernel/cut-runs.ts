import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { isRedomaError } from '../../src/core/errors.ts'
import { wait } from '../../src/core/wait.ts'
import { thisNode } from '../../src/destinations/in-child/child.ts'
import {
  type InChildOptions,
  inChildDestination,
} from '../../src/destinations/in-child/in-child-destination.ts'
import { localDestination } from '../../src/destinations/local/local-destination.ts'
import type { MountedPlace } from '../../src/destinations/mounts/mount-place.ts'
import { withRetry } from '../../src/destinations/with-retry.ts'
import type { Destination } from '../../src/ports/destination.ts'
import { backUp } from '../../src/repository/archiving/back-up.ts'
import { openRepository } from '../../src/repository/open.ts'
import { initCheaply } from '../support/handmade-repository.ts'
import { succeeds, until } from '../support/kernel-mounts/commands.ts'
import { mounted } from '../support/kernel-mounts/mounting.ts'
import { ownEnvironment } from '../support/own-environment.ts'
import { expectResticContent } from '../support/protected-tree.ts'
import { aBackup, placeOf, testPassword } from '../support/repositories.ts'
import { seededBytes } from '../support/seeded-bytes.ts'
import { type TemporaryFolder, temporaryFolder } from '../support/temporary-folder.ts'
import { watched } from '../support/watched.ts'
import { batches, blowsOn, points } from './blows.ts'
import { expectRestorable, expectWhole } from './expect-whole.ts'
import type { Patient } from './faults.ts'

const { signal } = new AbortController()
const clock = { now: () => new Date() }
/** Of a client that waits half a minute for each call, on a machine that has much else to do. */
const longestRunMs = 400_000
/** For a call, and for one to a server that is known not to answer. */
const patienceMs = 30_000
const shortPatienceMs = 20_000

type Stored = Awaited<ReturnType<typeof backUp>>

/** That runs of the engine which are cut end, tell why, leave nothing half, and lose nothing, whatever it is that cuts them. */
export function testCutRuns(kind: string, start: () => Promise<Patient>): void {
  describe(`a backup to ${kind}`, () => {
    const stack = new AsyncDisposableStack()
    let server: Patient
    let place: MountedPlace
    let destination: Destination
    let impatient: Destination
    /** As runs are given it: what passes is tried again. */
    let patient: Destination
    let source: TemporaryFolder
    let moments = 0
    const ended: (Stored | string)[] = []
    beforeAll(async () => {
      source = stack.use(await temporaryFolder())
      await writeSource(join(source.path, 'whole'), 0)
      server = stack.use(await start())
      place = stack.use(await mounted(() => server.mount(10)))
      destination = stack.use(inChildDestination(optionsFor(patienceMs)))
      impatient = stack.use(inChildDestination(optionsFor(shortPatienceMs)))
      patient = withRetry(destination, { wait, random: Math.random, nowMs: () => performance.now() })
      moments = await momentsOfARun()
    })
    afterAll(() => stack[Symbol.asyncDispose]())

    test.each(batches())(
      `that is at any of these points of ${points} when the server is %s ends in time, tells it, and loses nothing: %j`,
      async (name, batch) => {
        const blow = blowsOn(server)[name]
        const to = blow.isSilent === true ? impatient : destination
        const gathering = whenAllAreThere(batch.length, blow.strike)
        const prefix = `${name}-${batch[0]}/`
        const repository = join(server.disk.path, prefix)
        await initCheaply({ ...placeOf(onServer()), prefix })
        for (const point of batch) await writeSource(join(source.path, prefix, `${point}`), point)
        const runs = batch.map((point) => {
          const arrive = gathering()
          return { point, arrive, seen: watched(to, momentOf(point), arrive) }
        })
        const expectNothingLost = (): Promise<void> =>
          expectWhole(
            repository,
            runs.flatMap(({ seen }) => seen.durable()),
          )

        const began = performance.now()
        const outcomes = await Promise.all(
          runs.map(({ point, arrive, seen }) =>
            outcomeOf(run(seen.destination, prefix, `${prefix}${point}`)).finally(arrive),
          ),
        ).finally(blow.heal)
        expect(performance.now() - began).toBeLessThan(longestRunMs)
        ended.push(...outcomes)

        // The kernel's client takes its time to see that the server is back, and says until then that the host is down.
        const seenAgain = () => succeeds(() => Array.fromAsync(destination.list(prefix, signal)))
        await until('the share is in reach again', seenAgain)

        await expectNothingLost()
        for (const [n, outcome] of outcomes.entries()) {
          if (typeof outcome === 'string') expect(outcome).toMatch(blow.says)
          else await expectAllOf(outcome, prefix, `${prefix}${batch[n]}`)
        }
        await expectAllOf(await run(patient, prefix, prefix), prefix, prefix)
        await expectNothingLost()
        await expectResticContent(repository, testPassword)
        for (const done of [repository, join(source.path, prefix)]) await rm(done, { recursive: true })
      },
      2 * longestRunMs,
    )

    // One whose lock is being removed has nothing left to fail of, and a client may make a connection anew before anybody notices.
    test('is ended by most of that', () => {
      expect(ended.filter((outcome) => typeof outcome === 'string').length).toBeGreaterThan(ended.length / 2)
    })

    async function expectAllOf({ snapshotId }: Stored, prefix: string, folder: string): Promise<void> {
      await expectRestorable(server.disk.path, { prefix, snapshotId, source: join(source.path, folder) })
    }

    function optionsFor(patience: number): InChildOptions {
      return { expected: place, node: thisNode(ownEnvironment), clock, patienceMs: patience, mostGivenUp: 20 }
    }

    function onServer(): Destination {
      return localDestination(server.disk.path, clock)
    }

    async function run(to: Destination, prefix: string, folder: string): Promise<Stored> {
      using repository = await openRepository({ ...placeOf(to), prefix }, signal)
      return await backUp(repository, aBackup([join(source.path, folder)]), () => undefined, signal)
    }

    async function momentsOfARun(): Promise<number> {
      await initCheaply({ ...placeOf(onServer()), prefix: 'whole/' })
      const seen = watched(patient, 0, async () => undefined)
      await run(seen.destination, 'whole/', 'whole')
      return seen.moments()
    }

    function momentOf(point: number): number {
      return Math.max(1, Math.round((moments * point) / (points + 1)))
    }
  })
}

/** For each of so many a way to say once that it is there, or has ended before; kept when they were struck. */
function whenAllAreThere(count: number, strike: () => Promise<void>): () => () => Promise<void> {
  let missing = count
  const struck = Promise.withResolvers<undefined>()
  return () => {
    let isThere = false
    return () => {
      if (!isThere && --missing === 0) struck.resolve(strike().then(() => undefined))
      isThere = true
      return struck.promise
    }
  }
}

async function writeSource(folder: string, seed: number): Promise<void> {
  await mkdir(folder, { recursive: true })
  for (let n = 0; n < 3; n++) await writeFile(join(folder, `${n}`), seededBytes(10 * seed + n, 60_000))
}

/** What was stored, or what is told. */
async function outcomeOf(work: Promise<Stored>): Promise<Stored | string> {
  try {
    return await work
  } catch (error) {
    if (isRedomaError(error)) return `${error.code}: ${error.message}`
    throw error
  }
}
