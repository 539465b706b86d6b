import { join } from 'node:path'
import { copySnapshots } from '../../src/repository/copying/copy-snapshots.ts'
import { parseObjectId } from '../../src/repository/ids.ts'
import { whileLocked } from '../../src/repository/locks/while-locked.ts'
import { carryOutPrune } from '../../src/repository/pruning/carry-out-prune.ts'
import { preparePrune } from '../../src/repository/pruning/prepare-prune.ts'
import { type IndexRepair, repairIndex } from '../../src/repository/repairing/repair-index.ts'
import { type PackRepair, repairPacks } from '../../src/repository/repairing/repair-packs.ts'
import { type RepairedSnapshot, repairSnapshots } from '../../src/repository/repairing/repair-snapshots.ts'
import type { Repository } from '../../src/repository/repository.ts'
import { restore } from '../../src/repository/restoring/restore.ts'
import { planRetention } from '../../src/repository/retention/plan-retention.ts'
import { removeSnapshots } from '../../src/repository/retention/remove-snapshots.ts'
import { listSnapshots } from '../../src/repository/snapshots/list-snapshots.ts'
import { compareTrees } from '../support/compare-trees.ts'
import { openStore } from '../support/promises.ts'
import { aRestore } from '../support/repositories.ts'
import {
  backUpSource,
  backUpTwice,
  changeSource,
  Incomplete,
  type Scenario,
  type Through,
  type World,
} from './scenario-world.ts'

const { signal } = new AbortController()
const quiet = (): void => undefined
const hourMs = 60 * 60 * 1000

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
    if (problems.length > 0) throw new Incomplete(problems.map(({ message }) => message))
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
  name: 'a copy to it',
  prepare: async (world) => backUpTwice({ ...world, store: world.origin }),
  async act({ store, origin }, through) {
    using from = await openStore(origin)
    using to = await openStore(store, through)
    await copyAll(from, to, { store, origin })
  },
}

const copyingFrom: Scenario = {
  name: 'a copy from it',
  prepare: async (world) => backUpTwice({ ...world, store: world.origin }),
  async act({ store, origin }, through) {
    using from = await openStore(origin, through)
    using to = await openStore(store)
    await copyAll(from, to, { store, origin })
  },
}

async function copyAll(
  from: Repository,
  to: Repository,
  { store, origin }: Pick<World, 'store' | 'origin'>,
): Promise<void> {
  const snapshots = (await listSnapshots(from, signal)).snapshots.map(({ id }) => id)
  const result = await copySnapshots(from, to, { snapshots, dryRun: false }, quiet, signal)
  const untold: string[] = []
  for (const copied of result.snapshots) {
    const expected = origin.promised.get(copied.snapshot.id)
    if ('as' in copied && expected !== undefined) store.promised.set(copied.as, expected)
    else untold.push(`not copied: ${copied.kind}`)
  }
  if (untold.length > 0) throw new Incomplete(untold)
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

/** Of a pack that is whole, beside others that are in the same index. */
const repairingPacks: Scenario = {
  name: 'a repair of a pack',
  prepare: backUpTwice,
  async act({ store }, through) {
    using repository = await openStore(store, through)
    const [pack = ''] = [...store.objects.keys()].filter((name) => name.startsWith('data/')).toSorted()
    const keep = async (): Promise<string> => 'nowhere'
    const options = { packs: [parseObjectId(pack.slice(-64))], keep, dryRun: false }
    const repair = (stop: AbortSignal): Promise<PackRepair> => repairPacks(repository, options, quiet, stop)
    const { packs } = await whileLocked(repository, 'exclusive', repair, signal)
    if (packs.some(({ damaged }) => damaged.length > 0)) throw new Error(JSON.stringify(packs))
  },
}

/** Of snapshots that are whole, so that none is to be replaced. */
const repairingSnapshots: Scenario = {
  name: 'a repair of the snapshots',
  prepare: backUpTwice,
  async act({ store }, through) {
    using repository = await openStore(store, through)
    const options = { forget: true, dryRun: false }
    const repair = (stop: AbortSignal): Promise<readonly RepairedSnapshot[]> =>
      repairSnapshots(repository, options, quiet, stop)
    const repaired = await whileLocked(repository, 'exclusive', repair, signal)
    if (repaired.length > 0) throw new Error(JSON.stringify(repaired.map(({ kind }) => kind)))
  },
}

export const scenarios: readonly Scenario[] = [
  firstBackup,
  secondBackup,
  restoring,
  forgetting,
  pruning,
  copying,
  copyingFrom,
  repairingIndex,
  repairingPacks,
  repairingSnapshots,
]

async function forgetAllButLast({ store, clock }: World, through?: Through): Promise<void> {
  using repository = await openStore(store, through)
  await whileLocked(
    repository,
    'exclusive',
    async (stop) => {
      const { snapshots } = await listSnapshots(repository, stop)
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
