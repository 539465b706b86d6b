import { expect } from 'vitest'
import { wait } from '../../src/core/wait.ts'
import { memoryDestination } from '../../src/destinations/memory.ts'
import type { Destination, ObjectName } from '../../src/ports/destination.ts'
import { checkRepository } from '../../src/repository/checking/check-repository.ts'
import { makeVerifyPack } from '../../src/repository/checking/verify-pack.ts'
import { parseObjectId } from '../../src/repository/ids.ts'
import { openRepository } from '../../src/repository/open.ts'
import type { Repository, RepositoryPlace } from '../../src/repository/repository.ts'
import type { HandTurnedClock } from './clock.ts'
import { compareDescriptions, type TreeDescription } from './compare-trees.ts'
import { describeSnapshot } from './describe-snapshot.ts'
import { initCheaply } from './handmade-repository.ts'
import { placeOf } from './repositories.ts'
import { resticProblems } from './stock-restic.ts'

const { signal } = new AbortController()

/** A repository in memory, and what it must be able to give back. */
export interface Store {
  readonly clock: HandTurnedClock
  readonly objects: Map<ObjectName, Uint8Array>
  /** Snapshots that were reported as done and never given up since: what they must restore to. */
  readonly promised: Map<string, TreeDescription>
}

export async function newStore(clock: HandTurnedClock): Promise<Store> {
  const store = { clock, objects: new Map<ObjectName, Uint8Array>(), promised: new Map() }
  await initCheaply(placeOfStore(store))
  return store
}

/** What one does is not seen in the other. */
export function copyOfStore({ clock, objects, promised }: Store): Store {
  return { clock, objects: new Map(objects), promised: new Map(promised) }
}

/** Opened by way of `through`. */
export function openStore(store: Store, through?: (inner: Destination) => Destination): Promise<Repository> {
  return openRepository(placeOfStore(store, through), signal)
}

let processes = 0

/** Each opening is a process of its own, and all before it are dead by then: their locks are removed without a wait. */
function placeOfStore(
  { objects, clock }: Store,
  through: (inner: Destination) => Destination = (inner) => inner,
): RepositoryPlace {
  const pid = ++processes
  const findProcess = async (asked: number): Promise<{ readonly program: string } | undefined> =>
    asked === pid ? { program: `boot/namespace/${pid}` } : undefined
  const place = placeOf(through(memoryDestination(objects)), 'native', clock)
  return { ...place, locking: { wait: waitForNobody, pid, findProcess } }
}

/** The moment in which another could have come is passed over; the time until a lock is refreshed is not. */
export function waitForNobody(milliseconds: number, stop: AbortSignal): Promise<void> {
  return milliseconds < 1000 ? Promise.resolve() : wait(milliseconds, stop)
}

/** No problem for our check, and every snapshot that was promised as it was; `label` says in a failure which case it was. */
export async function expectPromisesKept(store: Store, label: string): Promise<void> {
  using repository = await openStore(store)
  const { problems } = await checkRepository(
    repository,
    { readData: { kind: 'none' } },
    () => undefined,
    signal,
  )
  expect({ label, problems }).toEqual({ label, problems: [] })
  expect({ label, problems: packProblems(repository, store.objects) }).toEqual({ label, problems: [] })
  for (const [id, expected] of store.promised) {
    const differences = compareDescriptions(expected, await describeSnapshot(repository, id))
    expect({ label, id, differences }).toEqual({ label, id, differences: [] })
  }
}

/** What a check with all data says of the packs, by the same code, but without threads, each of which takes longer to start than all this. */
export function packProblems(
  { envelope, primitives }: Repository,
  objects: ReadonlyMap<ObjectName, Uint8Array>,
): string[] {
  const verify = makeVerifyPack(envelope, primitives)
  return [...objects]
    .filter(([name]) => name.startsWith('data/'))
    .flatMap(([name, bytes]) => {
      const id = parseObjectId(name.slice(name.lastIndexOf('/') + 1))
      const { packProblems, blobProblems } = verify({ id, bytes: new Uint8Array(bytes) })
      return [...packProblems, ...blobProblems].map((problem) => `data/${id}: ${problem}`)
    })
}

/** Nor one for stock restic. */
export async function expectResticContent({ objects }: Store, label: string): Promise<void> {
  expect({ label, problems: await resticProblems(objects) }).toEqual({ label, problems: [] })
}
