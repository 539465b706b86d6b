import { expect } from 'vitest'
import { describeTree } from '../../support/compare-trees.ts'
import { expectPromisesKept } from '../../support/promises.ts'
import type { Random } from '../../support/seeded-random.ts'
import { stockRestic } from '../../support/stock-restic.ts'
import { type Death, makeDeaths, type Outcome } from './deaths.ts'
import { expectRestored, wholeFiles } from './expect-restored.ts'
import { expectNothingPutAgain, indexedIn, newBytes } from './expect-reused.ts'
import type { Task } from './tasks.ts'
import { makeVictims } from './victims.ts'
import { aWorld } from './world.ts'

/** Where processes are killed, one after the other, and others go on with their work. */
export interface Stage extends AsyncDisposable {
  readonly kills: number
  /** How often the work of one that was killed was there to be used by the next. */
  readonly wentOn: { backups: number; restores: number }
  /** A task is begun, and mostly killed; most are then done by another process. */
  play(kind: Task['kind']): Promise<void>
  /** Also by stock restic, and of each snapshot all. */
  expectAllKept(): Promise<void>
}

/** @param told in the message of every failure */
export async function aStage(random: Random, told: string): Promise<Stage> {
  const world = await aWorld(random)
  const { promised, target } = world
  const victims = makeVictims(world.cache)
  const deaths = makeDeaths(random)
  const wentOn = { backups: 0, restores: 0 }
  let kills = 0

  async function carryOut(task: Task, death: Death, label: string): Promise<Outcome> {
    const indexed = await indexedIn(world.stored())
    const wanted = task.kind === 'restore' ? promised.get(task.snapshot) : undefined
    const whole = wanted === undefined ? [] : wholeFiles(wanted, target)
    const outcome = await victims.send(world.at, task, death)
    deaths.learn(task, outcome)
    const { done } = outcome
    const store = world.stored()
    if (done?.made.kind === 'backup') {
      promised.set(done.made.snapshot, describeTree(world.source))
      expectNothingPutAgain(indexed, await indexedIn(store), done, label)
    }
    if (task.kind === 'restore' && done !== undefined && wanted !== undefined)
      expectRestored(task, wanted, whole, indexed, done, label)
    await expectPromisesKept({ ...store, promised: oneOf(promised, random) }, label)
    const ids = [...store.objects.keys()].map((name) => name.slice('snapshots/'.length))
    expect(ids, label).toEqual(expect.arrayContaining([...promised.keys()]))
    return outcome
  }

  /** What a process that was killed has left to the next. */
  async function worthOf(task: Task): Promise<() => Promise<number>> {
    const before = await indexedIn(world.stored())
    const wanted = task.kind === 'restore' ? promised.get(task.snapshot) : undefined
    const whole = (): number => (wanted === undefined ? 0 : wholeFiles(wanted, target).length)
    const wholeBefore = whole()
    return async () =>
      wanted === undefined ? newBytes(before, await indexedIn(world.stored())) : whole() - wholeBefore
  }

  return {
    get kills() {
      return kills
    },
    wentOn,
    async play(kind) {
      const task = world.nextTask(kind)
      const death = deaths.next(task, world.filesToRestore(task))
      const label = `${told}, after ${kills} kills: ${task.kind}, ${JSON.stringify(death)}`
      const worth = await worthOf(task)
      const { killed, done } = await carryOut(task, death, label)
      if (killed) kills++
      // Some are left alone, so that the next one finds what several have left.
      if (done !== undefined || (task.kind !== 'restore' && random(3) === 0)) return
      const isWorthSomething = (await worth()) > 0
      await carryOut(task, { kind: 'none' }, `${label}; and once more`)
      if (task.kind === 'backup' && isWorthSomething) wentOn.backups++
      if (task.kind === 'restore' && isWorthSomething) wentOn.restores++
    },
    async expectAllKept() {
      await expectPromisesKept(world.stored(), told)
      expect(await stockRestic(world.at, ['check', '--read-data'])).toContain('no errors were found')
    },
    async [Symbol.asyncDispose]() {
      victims[Symbol.dispose]()
      await world[Symbol.asyncDispose]()
    },
  }
}

/** The check has looked whether all blobs are there and good: of one snapshot in each round it is seen that they are the right ones. */
function oneOf<K, V>(entries: ReadonlyMap<K, V>, random: Random): Map<K, V> {
  return new Map([...entries].slice(random(entries.size)).slice(0, 1))
}
