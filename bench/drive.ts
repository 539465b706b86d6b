import { userInfo } from 'node:os'
import { argv, exit } from 'node:process'
import { Secret } from '../src/core/secret.ts'
import { loadFileCalls, loadPrimitives } from '../src/crypto/native.ts'
import { localDestination } from '../src/destinations/local/local-destination.ts'
import { initRepository, openRepository } from '../src/repository/open.ts'
import type { Repository, RepositoryPlace } from '../src/repository/repository.ts'

/*
 * The engine as a program of its own, so that it is measured and nothing else:
 *
 *     node bench/drive.ts init|backup|restore|check|check-data|keep-last|copy REPOSITORY [PATH | COUNT | REPOSITORY]
 *
 * The password is `bench`, as the peer's. As in `redoma backup create`, the code of the work is loaded while the key is derived.
 */
const [, , command, path = '', word = ''] = argv
const clock = { now: () => new Date() }
const signal = new AbortController().signal
const place: RepositoryPlace = {
  destination: localDestination(path, clock),
  prefix: '',
  password: new Secret('bench'),
  clock,
  primitives: loadPrimitives(),
  fileCalls: loadFileCalls(),
}
const quiet = (): void => undefined

async function run(): Promise<unknown> {
  if (command === 'init') return (await initRepository(place, signal)).config.id
  const opening = openRepository(place, signal)
  switch (command) {
    case 'backup':
      return backUpTo(opening)
    case 'restore':
      return restoreFrom(opening)
    case 'check':
    case 'check-data':
      return check(opening)
    case 'keep-last':
      return keepLast(opening)
    case 'copy':
      return copyTo(word, opening)
    case undefined:
    default:
      console.error('init, backup, restore, check, check-data, keep-last or copy')
      return exit(2)
  }
}

async function backUpTo(opening: Promise<Repository>): Promise<unknown> {
  const { backUp } = await import('../src/repository/archiving/back-up.ts')
  const request = {
    paths: [word],
    exclude: [],
    excludeCaches: false,
    oneFileSystem: false,
    hostname: 'bench',
    username: userInfo().username,
    tags: [],
    time: clock.now(),
  }
  return backUp(await opening, request, quiet, signal)
}

async function restoreFrom(opening: Promise<Repository>): Promise<unknown> {
  const { restore } = await import('../src/repository/restoring/restore.ts')
  const { listSnapshots } = await import('../src/repository/snapshots/list-snapshots.ts')
  const repository = await opening
  const id = (await listSnapshots(repository, signal)).snapshots.at(-1)?.id ?? ''
  const request = { target: word, include: [], exclude: [], dryRun: false, verify: false }
  return restore(repository, id, request, quiet, signal)
}

async function check(opening: Promise<Repository>): Promise<unknown> {
  const { checkRepository } = await import('../src/repository/checking/check-repository.ts')
  const readData = { kind: command === 'check-data' ? 'all' : 'none' } as const
  const checked = await checkRepository(await opening, { readData }, quiet, signal)
  if (checked.problems.length > 0) throw new Error('problems', { cause: checked })
  return checked
}

/** All snapshots, to another repository. */
async function copyTo(to: string, opening: Promise<Repository>): Promise<unknown> {
  const { copySnapshots } = await import('../src/repository/copying/copy-snapshots.ts')
  const { listSnapshots } = await import('../src/repository/snapshots/list-snapshots.ts')
  const from = await opening
  const target = await openRepository({ ...place, destination: localDestination(to, clock) }, signal)
  const snapshots = (await listSnapshots(from, signal)).snapshots.map(({ id }) => id)
  return copySnapshots(from, target, { snapshots, dryRun: false }, quiet, signal)
}

/** Forgets all but the newest snapshots, and prunes. */
async function keepLast(opening: Promise<Repository>): Promise<unknown> {
  const { whileLocked } = await import('../src/repository/locks/while-locked.ts')
  const { listSnapshots } = await import('../src/repository/snapshots/list-snapshots.ts')
  const { removeSnapshots } = await import('../src/repository/retention/remove-snapshots.ts')
  const { preparePrune } = await import('../src/repository/pruning/prepare-prune.ts')
  const { carryOutPrune } = await import('../src/repository/pruning/carry-out-prune.ts')
  const { defaultPruneOptions } = await import('../src/repository/pruning/prune-options.ts')
  const repository = await opening
  const forgetAndPrune = async (locked: AbortSignal): Promise<unknown> => {
    const { snapshots, damaged } = await listSnapshots(repository, locked)
    const [going, staying] = [
      snapshots.slice(0, -Number(word)),
      { damaged, snapshots: snapshots.slice(-Number(word)) },
    ]
    await removeSnapshots(
      repository,
      going.map(({ id }) => id),
      locked,
    )
    const prepared = await preparePrune(repository, staying, defaultPruneOptions, quiet, locked)
    await carryOutPrune(repository, prepared, quiet, locked)
    return prepared.plan.figures
  }
  return whileLocked(repository, 'exclusive', forgetAndPrune, signal)
}

console.log(await run())
