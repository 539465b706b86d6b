import { createHash } from 'node:crypto'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { collectBytes } from '../../../src/core/bytes.ts'
import { isRedomaError } from '../../../src/core/errors.ts'
import type { Destination, ObjectName } from '../../../src/ports/destination.ts'
import { backUp } from '../../../src/repository/archiving/back-up.ts'
import { checkRepository } from '../../../src/repository/checking/check-repository.ts'
import { openRepository } from '../../../src/repository/open.ts'
import type { RepositoryPlace } from '../../../src/repository/repository.ts'
import { describeTree } from '../../support/compare-trees.ts'
import { describeSnapshot } from '../../support/describe-snapshot.ts'
import { initCheaply } from '../../support/handmade-repository.ts'
import { aBackup, placeOf } from '../../support/repositories.ts'
import { seededBytes } from '../../support/seeded-bytes.ts'
import { type TemporaryFolder, temporaryFolder } from '../../support/temporary-folder.ts'
import { watched } from '../../support/watched.ts'

const { signal } = new AbortController()
const quiet = (): void => undefined
const points = 20
const slowly = process.env['SLOW'] !== undefined
/** Of a run: it ends sooner, but what waits for other tests on this machine must not fail it. */
const longestRunMs = 180_000

/** What befalls a destination in the middle of a run. */
export interface Blow {
  strike(): Promise<void>
  heal(): Promise<void>
  /** What a run that it ends says: its code and its message. */
  readonly says: RegExp
  /** Whether all that was there is gone with it. */
  readonly losesAll?: true
  /** Whether it is over before anybody has to be told: what is tried again gets through. */
  readonly passes?: true
}

export interface Patient<Name extends string> extends AsyncDisposable {
  /** The way that runs take: a new one for each. */
  reach(): Promise<Destination & AsyncDisposable>
  /** What lies there, seen from beside it. */
  readonly direct: Destination
  readonly blows: Readonly<Record<Name, Blow>>
}

type Stored = Awaited<ReturnType<typeof backUp>>

/**
 * That runs of the engine which are struck end in time, tell why in the words of their destination, leave nothing half, lose nothing that was durable, and that
 * the next run completes. Twenty points, at each of them another blow; with `SLOW`, each blow at all of them. Each blow has a patient of its own.
 */
export function strikeRuns<Name extends string>(
  kind: string,
  names: readonly Name[],
  start: (name: Name) => Promise<Patient<Name>>,
  { concurrently }: { readonly concurrently: boolean },
): void {
  describe(`a backup ${kind}`, () => {
    let source: TemporaryFolder
    beforeAll(async () => {
      source = await temporaryFolder()
      for (let n = 0; n < 4; n++) {
        await mkdir(join(source.path, `${n}`))
        await writeFile(join(source.path, `${n}`, 'file'), seededBytes(n, 90_000))
      }
    })
    afterAll(() => source[Symbol.asyncDispose]())

    const some = concurrently ? test.concurrent : test
    some.each(batches(names))(
      `that is at any of these points of ${points} when %s ends in time, tells it, and loses nothing: %j`,
      { timeout: points * 2 * longestRunMs },
      async (name, batch) => {
        await using patient = await start(name)
        const moments = await momentsOfARun(patient, source.path)
        const ended: boolean[] = []
        for (const point of batch) {
          const at = Math.max(1, Math.round((moments * point) / (points + 1)))
          ended.push(await strikeAt(patient, patient.blows[name], { source: source.path, at }))
        }
        // One whose lock is being removed has nothing left to fail of, and what passes is tried again.
        if (patient.blows[name].passes === undefined) expect(ended).toContain(true)
      },
    )
  })
}

interface Moment {
  readonly source: string
  /** Of those of a run; the first is 1. */
  readonly at: number
}

/** Whether the run was ended by it. */
async function strikeAt(
  { direct, reach }: Pick<Patient<string>, 'direct' | 'reach'>,
  blow: Blow,
  { source, at }: Moment,
): Promise<boolean> {
  const prefix = `struck-at-${at}/`
  const place = { ...placeOf(direct), prefix }
  await initCheaply(place)

  const began = performance.now()
  const fallen = onceFallen(blow)
  const { outcome, durable } = await struckRun().finally(() => fallen.heal())
  expect(performance.now() - began).toBeLessThan(longestRunMs)
  if (typeof outcome === 'string') expect(outcome).toMatch(blow.says)

  const lost = fallen.isIt() && blow.losesAll === true
  if (lost) await initCheaply(place)
  const kept = lost ? [] : durable
  await expectWhole(place, kept)
  if (typeof outcome !== 'string' && !lost) await expectAllOf(place, source, outcome)
  await using destination = await reach()
  await expectAllOf(place, source, await run(destination, prefix, source))
  await expectWhole(place, kept)
  return typeof outcome === 'string'

  async function struckRun(): Promise<{
    readonly outcome: Stored | string
    readonly durable: readonly ObjectName[]
  }> {
    await using struck = await reach()
    const seen = watched(struck, at, () => fallen.strike())
    return { outcome: await outcomeOf(run(seen.destination, prefix, source)), durable: seen.durable() }
  }
}

/** A run has fewer moments than another where two of its pieces wait for each other less: it may be over before the blow falls, and nothing is to be healed. */
function onceFallen(blow: Blow): Pick<Blow, 'strike' | 'heal'> & { isIt(): boolean } {
  let hasFallen = false
  return {
    strike() {
      hasFallen = true
      return blow.strike()
    },
    heal: async () => {
      if (hasFallen) await blow.heal()
    },
    isIt: () => hasFallen,
  }
}

/** Every object is what its name says, none is missing that was said to be durable, and the repository is in order. */
async function expectWhole(place: RepositoryPlace, durable: readonly ObjectName[]): Promise<void> {
  const there = new Set<string>()
  for await (const { name } of place.destination.list(place.prefix, signal)) {
    const hash = hashIn(name)
    if (hash === undefined) continue
    const bytes = await readUnlessGone(place.destination, name)
    if (bytes === undefined) continue
    expect(createHash('sha256').update(bytes).digest('hex'), name).toBe(hash)
    there.add(name)
  }
  expect(durable.filter((name) => hashIn(name) !== undefined && !there.has(name))).toEqual([])
  using repository = await openRepository(place, signal)
  const { problems } = await checkRepository(repository, { readData: { kind: 'all' } }, quiet, signal)
  expect(problems).toEqual([])
}

/** What a server was told to remove may go while this looks. */
async function readUnlessGone(from: Destination, name: ObjectName): Promise<Uint8Array | undefined> {
  try {
    return await collectBytes(from.get(name, undefined, signal), 1024 ** 3)
  } catch (error) {
    if (isRedomaError(error, 'OBJECT_NOT_FOUND')) return undefined
    throw error
  }
}

function hashIn(name: string): string | undefined {
  return /[0-9a-f]{64}$/.exec(name)?.[0]
}

async function expectAllOf(place: RepositoryPlace, source: string, { snapshotId }: Stored): Promise<void> {
  using repository = await openRepository(place, signal)
  expect(await describeSnapshot(repository, snapshotId)).toEqual(describeTree(source))
}

async function run(to: Destination, prefix: string, source: string): Promise<Stored> {
  using repository = await openRepository({ ...placeOf(to), prefix }, signal)
  return await backUp(repository, aBackup([source]), quiet, signal)
}

async function momentsOfARun(
  { direct, reach }: Pick<Patient<string>, 'direct' | 'reach'>,
  source: string,
): Promise<number> {
  await initCheaply({ ...placeOf(direct), prefix: 'whole/' })
  await using destination = await reach()
  const seen = watched(destination, 0, () => Promise.resolve())
  await run(seen.destination, 'whole/', source)
  return seen.moments()
}

function batches<Name extends string>(names: readonly Name[]): [Name, readonly number[]][] {
  const all = Array.from({ length: points }, (_, n) => n + 1)
  return names.map((name, kind) => [
    name,
    slowly ? all : all.filter((point) => point % names.length === kind),
  ])
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
