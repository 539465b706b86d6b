import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest'
import { memoryDestination } from '../../../src/destinations/memory.ts'
import type { Destination, ObjectName } from '../../../src/ports/destination.ts'
import { checkRepository } from '../../../src/repository/checking/check-repository.ts'
import type { Repository } from '../../../src/repository/repository.ts'
import { listSnapshots } from '../../../src/repository/snapshots/list-snapshots.ts'
import { initCheaply } from '../../support/handmade-repository.ts'
import { packProblems, waitForNobody } from '../../support/promises.ts'
import { placeOf } from '../../support/repositories.ts'
import { memoryFolder } from '../../support/temporary-folder.ts'
import type { Fault } from './commands.ts'
import { type Content, contentOfTree } from './content.ts'

const { signal } = new AbortController()

/** A repository, and what it must hold. */
export interface Side {
  readonly objects: Map<ObjectName, Uint8Array>
  readonly repository: Repository
  readonly model: Map<string, Content>
}

export interface World extends AsyncDisposable {
  readonly source: string
  readonly folder: string
  readonly sides: readonly [Side, Side]
  /** So that times of snapshots rise. */
  steps: number
}

export async function aWorld(): Promise<World> {
  const folder = await memoryFolder()
  const source = join(folder.path, 'source')
  mkdirSync(source)
  writeFileSync(join(source, 'always'), 'x')
  const sides = [await aSide(), await aSide()] as const
  return {
    source,
    folder: folder.path,
    sides,
    steps: 0,
    [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
  }
}

async function aSide(): Promise<Side> {
  const objects = new Map<ObjectName, Uint8Array>()
  return {
    objects,
    repository: await initCheaply({
      ...placeOf(memoryDestination(objects)),
      locking: { wait: waitForNobody },
    }),
    model: new Map(),
  }
}

export function side(world: World, number: number): Side {
  return world.sides[number === 0 ? 0 : 1]
}

export function picked({ model }: Side, pick: number): string | undefined {
  return [...model.keys()][pick % Math.max(1, model.size)]
}

export function contentIn({ model }: Side, id: string): Content {
  const content = model.get(id)
  if (content === undefined) throw new Error(`nobody made the snapshot ${id}`)
  return content
}

/** Work at a destination that fails from a call on, as one whose process dies does: what it was doing, it never finished. */
export async function interruptibly(
  { repository, objects }: Side,
  { failAt, failsAfter }: Fault,
  work: (repository: Repository) => Promise<unknown>,
): Promise<void> {
  if (failAt === undefined) {
    await work(repository)
    return
  }
  const failure = new Error('the destination failed, as the test wanted')
  try {
    const destination = failingFrom(repository.destination, failAt, failsAfter, failure)
    await work({ ...repository, destination })
  } catch (error) {
    if (!isCausedBy(error, failure)) throw error
  }
  for (const name of objects.keys()) if (name.startsWith('locks/')) objects.delete(name)
}

function failingFrom(inner: Destination, failAt: number, failsAfter: boolean, failure: Error): Destination {
  let calls = 0
  const guarded = async (work: () => Promise<void>): Promise<void> => {
    calls += 1
    if (calls < failAt || (calls === failAt && failsAfter)) await work()
    if (calls >= failAt) throw failure
  }
  return {
    ...inner,
    put: (name, body, stop) => guarded(() => inner.put(name, body, stop)),
    remove: (name, stop) => guarded(() => inner.remove(name, stop)),
    flush: (stop) => guarded(() => inner.flush(stop)),
  }
}

function isCausedBy(error: unknown, failure: Error): boolean {
  return error === failure || (error instanceof Error && isCausedBy(error.cause, failure))
}

export async function requireAsModelled(
  { source }: World,
  { repository, objects, model }: Side,
): Promise<void> {
  const { snapshots } = await listSnapshots(repository, signal)
  expect(snapshots.map(({ id }) => id).sort()).toEqual([...model.keys()].sort())
  for (const { id, tree } of snapshots) {
    expect(await contentOfTree(repository, tree, source)).toEqual(model.get(id))
  }
  const options = { readData: { kind: 'none' } } as const
  const report = await checkRepository(repository, options, () => undefined, signal)
  expect([...report.problems, ...packProblems(repository, objects)]).toEqual([])
}
