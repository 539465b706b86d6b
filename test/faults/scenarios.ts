import { mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Destination } from '../../src/ports/destination.ts'
import { backUp } from '../../src/repository/archiving/back-up.ts'
import { copySnapshots } from '../../src/repository/copying/copy-snapshots.ts'
import { whileLocked } from '../../src/repository/locks/while-locked.ts'
import { carryOutPrune } from '../../src/repository/pruning/carry-out-prune.ts'
import { preparePrune } from '../../src/repository/pruning/prepare-prune.ts'
import { type IndexRepair, repairIndex } from '../../src/repository/repairing/repair-index.ts'
import type { Repository } from '../../src/repository/repository.ts'
import { restore } from '../../src/repository/restoring/restore.ts'
import { planRetention } from '../../src/repository/retention/plan-retention.ts'
import { removeSnapshots } from '../../src/repository/retention/remove-snapshots.ts'
import { listSnapshots } from '../../src/repository/snapshots/list-snapshots.ts'
import { type HandTurnedClock, handTurnedClock } from '../support/clock.ts'
import { compareTrees, describeTree } from '../support/compare-trees.ts'
import { copyOfStore, newStore, openStore, type Store } from '../support/promises.ts'
import { aBackup, aRestore } from '../support/repositories.ts'
import { seededBytes } from '../support/seeded-bytes.ts'
import { memoryFolder } from '../support/temporary-folder.ts'

const { signal } = new AbortController()
const quiet = (): void => undefined
const hourMs = 60 * 60 * 1000

/** Something that a program does with a repository, small enough to be done hundreds of times. */
export interface Scenario {
  readonly name: string
  /** What was there before. */
  readonly prepare: (world: World) => Promise<void>
  /** The work itself, with the destination as `through` makes it. What it reports as done, it adds to the promises. */
  readonly act: (world: World, through: Through) => Promise<void>
}

export type Through = (inner: Destination) => Destination

/** Where a scenario takes place. */
export interface World {
  readonly folder: string
  readonly source: string
  readonly clock: HandTurnedClock
  readonly store: Store
  /** Another repository, from which snapshots can be copied. */
  readonly origin: Store
}

export async function aWorld(scenario: Scenario): Promise<World & AsyncDisposable> {
  const folder = await memoryFolder()
  const source = join(folder.path, 'source')
  makeSource(source)
  const world = await aWorldOf(folder.path, source)
  await scenario.prepare(world)
  return { ...world, [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose]() }
}

/** With an empty repository. */
export async function aWorldOf(folder: string, source: string): Promise<World> {
  const clock = handTurnedClock()
  return { folder, source, clock, store: await newStore(clock), origin: await newStore(clock) }
}

/** The same, as it is now: what happens in it is forgotten. */
export function copyOfWorld(world: World): World {
  return { ...world, store: copyOfStore(world.store) }
}

const firstBackup: Scenario = {
  name: 'a first backup',
  prepare: async () => undefined,
  act: backUpSource,
}

const secondBackup: Scenario = {
  name: 'a second backup',
  async prepare(world) {
    await backUpSource(world)
    changeSource(world.source)
    world.clock.advance(hourMs)
  },
  act: backUpSource,
}

const restoring: Scenario = {
  name: 'a restore',
  prepare: backUpSource,
  async act({ store, source, folder }, through) {
    using repository = await openStore(store, through)
    const [id = ''] = store.promised.keys()
    const target = join(folder, 'target')
    const { problems } = await restore(
      repository,
      id,
      aRestore(target, { path: source, workers: 1 }),
      quiet,
      signal,
    )
    if (problems.length > 0) throw new RestoreIncomplete(problems.map(({ message }) => message))
    // The folder restored into keeps what it had.
    const differences = compareTrees(source, target).filter((line) => !line.startsWith('"":'))
    if (differences.length > 0) throw new Error(`restored otherwise: ${differences.join('\n')}`)
  },
}

const forgetting: Scenario = {
  name: 'a forget',
  prepare: backUpTwice,
  act: forgetAllButLast,
}

const pruning: Scenario = {
  name: 'a prune',
  async prepare(world) {
    await backUpTwice(world)
    await forgetAllButLast(world)
  },
  async act({ store }, through) {
    using repository = await openStore(store, through)
    await whileLocked(repository, 'exclusive', (stop) => pruneAll(repository, stop), signal)
  },
}

const copying: Scenario = {
  name: 'a copy',
  prepare: async (world) => backUpTwice({ ...world, store: world.origin }),
  async act({ store, origin }, through) {
    using from = await openStore(origin)
    using to = await openStore(store, through)
    const snapshots = (await listSnapshots(from, signal)).map(({ id }) => id)
    const result = await copySnapshots(from, to, { snapshots, dryRun: false }, quiet, signal)
    for (const copied of result.snapshots) {
      const expected = origin.promised.get(copied.snapshot.id)
      if (!('as' in copied) || expected === undefined) throw new Error(`not copied: ${copied.kind}`)
      store.promised.set(copied.as, expected)
    }
  },
}

/** Of a repository in which all is well, so that it must be so at every moment. */
const repairingIndex: Scenario = {
  name: 'a repair of the indexes',
  prepare: backUpTwice,
  async act({ store }, through) {
    using repository = await openStore(store, through)
    const options = { readAllPacks: true, dryRun: false }
    const repair = (stop: AbortSignal): Promise<IndexRepair> => repairIndex(repository, options, quiet, stop)
    const { packsUnreadable } = await whileLocked(repository, 'exclusive', repair, signal)
    if (packsUnreadable.length > 0) throw new Error(JSON.stringify(packsUnreadable))
  },
}

export const scenarios: readonly Scenario[] = [
  firstBackup,
  secondBackup,
  restoring,
  forgetting,
  pruning,
  copying,
  repairingIndex,
]

/** The restore said what is missing: that is told, too. */
export class RestoreIncomplete extends Error {
  constructor(messages: readonly string[]) {
    super(messages.join('; '))
  }
}

export async function backUpSource(world: World, through?: Through): Promise<void> {
  using repository = await openStore(world.store, through)
  await backUpWith(repository, world)
}

async function backUpWith(repository: Repository, { source, clock, store }: World): Promise<void> {
  const request = aBackup([source], { time: clock.now(), workers: 1 })
  const { snapshotId, problems } = await backUp(repository, request, quiet, signal)
  if (problems.length > 0) throw new Error(JSON.stringify(problems))
  store.promised.set(snapshotId, describeTree(source))
}

async function backUpTwice(world: World): Promise<void> {
  await backUpSource(world)
  changeSource(world.source)
  world.clock.advance(hourMs)
  await backUpSource(world)
}

async function forgetAllButLast({ store, clock }: World, through?: Through): Promise<void> {
  using repository = await openStore(store, through)
  await whileLocked(
    repository,
    'exclusive',
    async (stop) => {
      const snapshots = await listSnapshots(repository, stop)
      const moment = { nowNs: BigInt(clock.now().getTime()) * 1_000_000n, allowEmptied: false }
      const groups = planRetention([{ labels: [], snapshots }], [{ kind: 'last', count: 1 }], moment)
      const going = groups.flatMap(({ verdicts }) => verdicts.filter(({ kind }) => kind === 'goes'))
      const ids = going.map(({ snapshot }) => snapshot.id)
      for (const id of ids) store.promised.delete(id)
      await removeSnapshots(repository, ids, stop)
    },
    signal,
  )
}

async function pruneAll(repository: Repository, stop: AbortSignal): Promise<void> {
  const options = { maxUnused: { kind: 'bytes', bytes: 0 }, maxRepackBytes: Infinity } as const
  const snapshots = await listSnapshots(repository, stop)
  const prepared = await preparePrune(repository, snapshots, options, quiet, stop)
  await carryOutPrune(repository, prepared, quiet, stop)
}

/** A little of everything that makes blobs, trees and links. */
function makeSource(source: string): void {
  for (const name of ['etc/conf.d', 'var/lib', 'empty']) mkdirSync(join(source, name), { recursive: true })
  writeFileSync(join(source, 'etc/empty'), '')
  for (let n = 0; n < 6; n++) writeFileSync(join(source, `etc/conf.d/${n}.conf`), seededBytes(n, 300 + n))
  writeFileSync(join(source, 'var/lib/database'), seededBytes(100, 1_300_000))
  writeFileSync(join(source, 'var/lib/copy'), seededBytes(100, 700_000))
  symlinkSync('lib/database', join(source, 'var/link'))
}

function changeSource(source: string): void {
  writeFileSync(join(source, 'etc/conf.d/1.conf'), 'changed')
  writeFileSync(join(source, 'etc/conf.d/new.conf'), seededBytes(7, 900))
  rmSync(join(source, 'etc/conf.d/2.conf'))
  renameSync(join(source, 'var/lib/copy'), join(source, 'var/lib/moved'))
  writeFileSync(join(source, 'var/lib/more'), seededBytes(101, 600_000))
}
