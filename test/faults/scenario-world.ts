import { mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Destination } from '../../src/ports/destination.ts'
import { backUp } from '../../src/repository/archiving/back-up.ts'
import type { Repository } from '../../src/repository/repository.ts'
import { type HandTurnedClock, handTurnedClock } from '../support/clock.ts'
import { describeTree } from '../support/compare-trees.ts'
import { copyOfStore, newStore, openStore, type Store } from '../support/promises.ts'
import { aBackup } from '../support/repositories.ts'
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
  /** Threads of a backup; absent: by what there is to do, which is too little for a thread. */
  readonly workers: number | undefined
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
  return { folder, source, clock, store: await newStore(clock), origin: await newStore(clock), workers: 1 }
}

/** The same, as it is now: what happens in it is forgotten. */
export function copyOfWorld(world: World): World {
  return { ...world, store: copyOfStore(world.store) }
}

/** A restore or a copy said what is missing: that is told, too. */
export class Incomplete extends Error {
  constructor(messages: readonly string[]) {
    super(messages.join('; '))
  }
}

export async function backUpSource(world: World, through?: Through): Promise<void> {
  using repository = await openStore(world.store, through)
  await backUpWith(repository, world)
}

async function backUpWith(repository: Repository, { source, clock, store, workers }: World): Promise<void> {
  const request = aBackup([source], { time: clock.now(), workers })
  const { snapshotId, problems } = await backUp(repository, request, quiet, signal)
  if (problems.length > 0) throw new Error(JSON.stringify(problems))
  store.promised.set(snapshotId, describeTree(source))
}

export async function backUpTwice(world: World): Promise<void> {
  await backUpSource(world)
  changeSource(world.source)
  world.clock.advance(hourMs)
  await backUpSource(world)
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

export function changeSource(source: string): void {
  writeFileSync(join(source, 'etc/conf.d/1.conf'), 'changed')
  writeFileSync(join(source, 'etc/conf.d/new.conf'), seededBytes(7, 900))
  rmSync(join(source, 'etc/conf.d/2.conf'))
  renameSync(join(source, 'var/lib/copy'), join(source, 'var/lib/moved'))
  writeFileSync(join(source, 'var/lib/more'), seededBytes(101, 600_000))
}
