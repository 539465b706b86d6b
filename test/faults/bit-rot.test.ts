import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { isRedomaError, messageOf } from '../../src/core/errors.ts'
import { type ObjectName, parseObjectName } from '../../src/ports/destination.ts'
import { checkRepository } from '../../src/repository/checking/check-repository.ts'
import type { Repository } from '../../src/repository/repository.ts'
import { listSnapshots } from '../../src/repository/snapshots/list-snapshots.ts'
import { compareDescriptions } from '../support/compare-trees.ts'
import { describeSnapshot } from '../support/describe-snapshot.ts'
import { openStore, packProblems, type Store } from '../support/promises.ts'
import { memoryFolder } from '../support/temporary-folder.ts'
import { aWorldOf, backUpSource } from './scenario-world.ts'

const { signal } = new AbortController()
const quiet = (): void => undefined
const flips = process.env['SLOW'] === undefined ? [0x01] : [0x01, 0x80]

describe('a small repository', () => {
  test('in which any one bit of any file is wrong is found by check, by the name of the file, and never read as right', async () => {
    await using small = await aSmallStore({ snapshots: 1 })
    for (const [name, whole] of small.store.objects) {
      for (let at = 0; at < whole.length; at++) {
        for (const flip of flips) {
          const damaged = new Uint8Array(whole)
          damaged[at] = (damaged[at] ?? 0) ^ flip
          await expectFound(small, name, damaged, `byte ${at} of ${name} ^ ${flip}`)
        }
      }
    }
  })

  test('of which any file is cut off, at any length, is found out too', async () => {
    await using small = await aSmallStore({ snapshots: 1 })
    for (const [name, whole] of small.store.objects) {
      for (let length = 0; length < whole.length; length++) {
        await expectFound(small, name, whole.subarray(0, length), `${name} cut off at ${length}`)
      }
    }
  })

  test('of which any file has bytes that do not belong to it is found out too', async () => {
    await using small = await aSmallStore({ snapshots: 1 })
    for (const [name, whole] of small.store.objects) {
      await expectFound(small, name, Buffer.concat([whole, Buffer.from('x')]), `${name} grew`)
    }
  })

  test('of which any file is another of its kind is found out too', async () => {
    await using small = await aSmallStore({ snapshots: 2 })
    const names = [...small.store.objects.keys()]
    for (const name of names) {
      for (const other of names.filter(
        (candidate) => candidate !== name && kindOf(candidate) === kindOf(name),
      )) {
        const bytes = small.store.objects.get(other) ?? new Uint8Array()
        await expectFound(small, name, bytes, `${name} has the content of ${other}`)
      }
    }
  })

  test('in which one snapshot is damaged at any byte lists it as damaged, beside the other as it is', async () => {
    await using small = await aSmallStore({ snapshots: 2 })
    const { store, opened } = small
    const [name = '', other = ''] = [...store.objects.keys()].filter((each) => kindOf(each) === 'snapshots')
    const whole = store.objects.get(parseObjectName(name)) ?? new Uint8Array()
    for (let at = 0; at < whole.length; at++) {
      const rotten = new Uint8Array(whole)
      rotten[at] = (rotten[at] ?? 0) ^ 1
      store.objects.set(parseObjectName(name), rotten)

      const { snapshots, damaged } = await listSnapshots(opened, signal)

      const ids = [snapshots, damaged].map((list) => list.map(({ id }) => `snapshots/${id}`))
      expect({ at, ids }).toEqual({ at, ids: [[other], [name]] })
    }
  })

  test('that lacks a pack, an index, its only key or its configuration is found out too', async () => {
    await using small = await aSmallStore({ snapshots: 1 })
    // That a snapshot was removed nobody can see: it looks as if it had been forgotten.
    for (const name of [...small.store.objects.keys()].filter((each) => kindOf(each) !== 'snapshots')) {
      await expectFound(small, name, undefined, `${name} is gone`)
    }
  })
})

interface SmallStore extends AsyncDisposable {
  readonly store: Store
  /** Opened while all was well, so that it can be checked whatever is wrong with its keys. */
  readonly opened: Repository
}

async function aSmallStore({ snapshots }: { readonly snapshots: number }): Promise<SmallStore> {
  const folder = await memoryFolder()
  const source = join(folder.path, 's')
  mkdirSync(source)
  symlinkSync('0', join(source, 'l'))
  const world = await aWorldOf(folder.path, source)
  for (let n = 0; n < snapshots; n++) {
    writeFileSync(join(source, String(n)), `text ${n}`)
    world.clock.advance(1000)
    await backUpSource(world)
  }
  const opened = await openStore(world.store)
  return { store: world.store, opened, [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose]() }
}

const kindOf = (name: string): string => name.split('/')[0] ?? ''

async function expectFound(
  { store, opened }: SmallStore,
  name: ObjectName,
  bytes: Uint8Array | undefined,
  label: string,
): Promise<void> {
  const whole = store.objects.get(name)
  if (bytes === undefined) store.objects.delete(name)
  else store.objects.set(name, bytes)
  try {
    const found = await whatIsFound(store, opened, name)
    expect(found, label).toContain(shownName(name, bytes))
    await expectNothingWrongRead(store, opened, label)
  } finally {
    if (whole !== undefined) store.objects.set(name, whole)
  }
}

/** What is missing altogether can only be told by what is missing of it. */
function shownName(name: string, bytes: Uint8Array | undefined): string {
  if (name === 'config') return 'repository'
  if (bytes === undefined && kindOf(name) !== 'data') return kindOf(name) === 'keys' ? 'key' : ''
  return name.slice(name.lastIndexOf('/') + 1)
}

/** Every problem in one text, that of opening among them. */
async function whatIsFound(store: Store, opened: Repository, name: ObjectName): Promise<string> {
  const { problems } = await checkRepository(opened, { readData: { kind: 'none' } }, quiet, signal)
  const found = problems.map(({ object, message }) => `${object}: ${message}`)
  const isForOpening = name === 'config' || kindOf(name) === 'keys'
  const others = isForOpening ? [await problemOfOpening(store)] : packProblems(opened, store.objects)
  return [...found, ...others].join('\n') || 'nothing at all'
}

async function problemOfOpening(store: Store): Promise<string> {
  try {
    const repository = await openStore(store)
    repository[Symbol.dispose]()
    return ''
  } catch (error) {
    expect(isRedomaError(error), messageOf(error)).toBe(true)
    return messageOf(error)
  }
}

async function expectNothingWrongRead(store: Store, opened: Repository, label: string): Promise<void> {
  for (const [id, expected] of store.promised) {
    const read = await describeSnapshot(opened, id).catch((error: unknown) => {
      expect({ label, isTyped: isRedomaError(error) }).toEqual({ label, isTyped: true })
      return undefined
    })
    if (read !== undefined)
      expect({ label, differences: compareDescriptions(expected, read) }).toEqual({ label, differences: [] })
  }
}
