import { wait } from '../../../src/core/wait.ts'
import { localDestination } from '../../../src/destinations/local/local-destination.ts'
import type { Destination } from '../../../src/ports/destination.ts'
import { backUp } from '../../../src/repository/archiving/back-up.ts'
import { parseObjectId } from '../../../src/repository/ids.ts'
import { whileLocked } from '../../../src/repository/locks/while-locked.ts'
import { carryOutPrune } from '../../../src/repository/pruning/carry-out-prune.ts'
import { preparePrune } from '../../../src/repository/pruning/prepare-prune.ts'
import type { Repository, RepositoryPlace } from '../../../src/repository/repository.ts'
import { restore } from '../../../src/repository/restoring/restore.ts'
import { removeSnapshots } from '../../../src/repository/retention/remove-snapshots.ts'
import { listSnapshots } from '../../../src/repository/snapshots/list-snapshots.ts'
import { aBackup, aRestore, placeOf } from '../../support/repositories.ts'

/** What a process does that is killed meanwhile. */
export type Task =
  | { readonly kind: 'backup'; readonly source: string }
  | { readonly kind: 'prune'; readonly forget: readonly string[] }
  | { readonly kind: 'restore'; readonly snapshot: string; readonly source: string; readonly target: string }

/** What it says when it was done. */
export type Made =
  | { readonly kind: 'backup'; readonly snapshot: string }
  | { readonly kind: 'prune' }
  | { readonly kind: 'restore'; readonly unchanged: number; readonly fetchedBytes: number }

export async function carryOut(repository: Repository, task: Task): Promise<Made> {
  switch (task.kind) {
    case 'backup': {
      const request = aBackup([task.source], { workers: 1 })
      const { snapshotId, problems } = await backUp(repository, request, quiet, signal)
      requireNone(problems)
      return { kind: 'backup', snapshot: snapshotId }
    }
    case 'prune': {
      const work = (stop: AbortSignal): Promise<void> => forgetAndPrune(repository, task.forget, stop)
      await whileLocked(repository, 'exclusive', work, signal)
      return { kind: 'prune' }
    }
    case 'restore': {
      const request = aRestore(task.target, { path: task.source, deletes: 'extra', workers: 1 })
      const result = await restore(repository, task.snapshot, request, quiet, signal)
      requireNone(result.problems)
      return { kind: 'restore', unchanged: result.unchanged, fetchedBytes: result.fetchedBytes }
    }
  }
}

/** After so long a backup writes an index of what it has put. */
const indexedAfterMs = 5 * 60_000
/** A lock that could not be refreshed is good for less than 23 minutes. */
const jumps = 3

/**
 * The first packs that a process puts take five minutes each, so that each gets an index of its own: what is published of a run
 * that dies is otherwise seen only with much data. The moment in which another could have come is passed over.
 */
export function placeOfTasks(
  at: string,
  through: (inner: Destination) => Destination = (inner) => inner,
): RepositoryPlace {
  let later = 0
  const clock = { now: () => new Date(Date.now() + later) }
  const inner = through(localDestination(at, clock))
  const destination: Destination = {
    ...inner,
    put: async (name, body, stop) => {
      await inner.put(name, body, stop)
      if (name.startsWith('data/') && later < jumps * indexedAfterMs) later += indexedAfterMs
    },
  }
  const shortly = (milliseconds: number, stop: AbortSignal): Promise<void> =>
    milliseconds < 1000 ? Promise.resolve() : wait(milliseconds, stop)
  return { ...placeOf(destination, 'native', clock), locking: { wait: shortly } }
}

const { signal } = new AbortController()
const quiet = (): void => undefined

async function forgetAndPrune(
  repository: Repository,
  forget: readonly string[],
  stop: AbortSignal,
): Promise<void> {
  await removeSnapshots(repository, forget.map(parseObjectId), stop)
  const options = { maxUnused: { kind: 'bytes', bytes: 0 }, maxRepackBytes: Infinity } as const
  const snapshots = await listSnapshots(repository, stop)
  const prepared = await preparePrune(repository, snapshots, options, quiet, stop)
  await carryOutPrune(repository, prepared, quiet, stop)
}

function requireNone(problems: readonly unknown[]): void {
  if (problems.length > 0) throw new Error(`not all was done: ${JSON.stringify(problems)}`)
}
