import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type ObjectName, parseObjectName } from '../../../src/ports/destination.ts'
import { handTurnedClock } from '../../support/clock.ts'
import type { TreeDescription } from '../../support/compare-trees.ts'
import { initCheaply } from '../../support/handmade-repository.ts'
import type { Store } from '../../support/promises.ts'
import { seededBytes } from '../../support/seeded-bytes.ts'
import type { Random } from '../../support/seeded-random.ts'
import { memoryFolder } from '../../support/temporary-folder.ts'
import { wholeFiles } from './expect-restored.ts'
import { placeOfTasks, type Task } from './tasks.ts'

/** Smaller than the least chunk, so that the id of a file's only chunk is the hash of its content. */
const largeBytes = 140_000
const largeFiles = 8
const smallFiles = 60

/** A source, a repository in a folder, and a target: what the processes share that are killed. */
export interface World extends AsyncDisposable {
  /** Of compiled code. */
  readonly cache: string
  readonly at: string
  readonly source: string
  readonly target: string
  /** Snapshots that were reported as done, oldest first, with what they must restore to. */
  readonly promised: Map<string, TreeDescription>
  nextTask(kind: Task['kind']): Task
  /** How many files of a snapshot are not whole in the target. */
  filesToRestore(task: Task): number
  /** What the repository holds now. */
  stored(): Store
}

export async function aWorld(random: Random): Promise<World> {
  const folder = await memoryFolder()
  const path = (name: string): string => join(folder.path, name)
  const [cache, at, source, target] = [path('code'), path('repository'), path('source'), path('target')]
  for (const one of [cache, at, source, target]) mkdirSync(one)
  const write = (name: string, length: number): void => {
    writeFileSync(join(source, name), seededBytes(random(2 ** 32), length))
  }
  for (let n = 0; n < smallFiles; n++) write(`small-${n}`, 500 + n)
  for (let n = 0; n < largeFiles; n++) write(`large-${n}`, largeBytes)
  await initCheaply(placeOfTasks(at))
  const promised = new Map<string, TreeDescription>()

  /** Packs get parts that are needed for different times. */
  function backUpNews(): Task {
    for (let n = 0; n < 2; n++) write(`large-${random(largeFiles)}`, largeBytes)
    for (let n = 0; n < 6; n++) write(`small-${random(smallFiles)}`, 500 + random(500))
    return { kind: 'backup', source }
  }

  /** Into an empty folder, or over what a former one left. */
  function restoreAny(): Task {
    if (random(2) === 0) emptied(target)
    const ids = [...promised.keys()]
    return { kind: 'restore', snapshot: ids[random(ids.length)] ?? '', source, target }
  }

  /** Given up when the order is given: it may be carried out, and nobody be told. So may be backups whose snapshots go with them. */
  function forgetSome(): Task {
    const kept = [...promised.keys()].slice(-2)
    const forget = namesIn(join(at, 'snapshots')).filter((id) => !kept.includes(id) && !id.startsWith('.'))
    for (const id of forget) promised.delete(id)
    return { kind: 'prune', forget }
  }

  return {
    cache,
    at,
    source,
    target,
    promised,
    nextTask: (kind) => {
      if (kind === 'backup' || promised.size === 0) return backUpNews()
      return kind === 'restore' ? restoreAny() : forgetSome()
    },
    filesToRestore: (task) => {
      const wanted = task.kind === 'restore' ? promised.get(task.snapshot) : undefined
      return wanted === undefined ? 0 : smallFiles + largeFiles - wholeFiles(wanted, target).length
    },
    stored: () => ({ clock: handTurnedClock(new Date()), objects: objectsIn(at), promised }),
    [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
  }
}

function namesIn(folder: string): string[] {
  return existsSync(folder) ? readdirSync(folder) : []
}

function emptied(folder: string): void {
  if (existsSync(folder)) rmSync(folder, { recursive: true })
  mkdirSync(folder)
}

/** As a destination would list them: without what was left half-written. */
function objectsIn(at: string): Map<ObjectName, Uint8Array> {
  const files = readdirSync(at, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
  const names = files.map(({ parentPath, name }) => join(parentPath, name).slice(at.length + 1))
  const whole = names.filter((name) => !name.includes('/.tmp-'))
  return new Map(whole.map((name) => [parseObjectName(name), new Uint8Array(readFileSync(join(at, name)))]))
}
