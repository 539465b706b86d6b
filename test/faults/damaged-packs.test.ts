import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { memoryDestination } from '../../src/destinations/memory.ts'
import { type ObjectName, parseObjectName } from '../../src/ports/destination.ts'
import { backUp } from '../../src/repository/archiving/back-up.ts'
import { initRepository } from '../../src/repository/open.ts'
import type { Repository } from '../../src/repository/repository.ts'
import { restore } from '../../src/repository/restoring/restore.ts'
import { aFile, aFolder, makeHandmadeRepository } from '../support/handmade-repository.ts'
import { aBackup, aRestore, placeOf } from '../support/repositories.ts'
import { digestsOf } from '../support/same-files.ts'
import { seededBytes } from '../support/seeded-bytes.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const signal = new AbortController().signal
const quiet = (): void => undefined
const flips = process.env['SLOW'] === undefined ? 60 : 2_000

interface Backup {
  readonly objects: Map<ObjectName, Uint8Array>
  readonly repository: Repository
  readonly snapshotId: string
  readonly source: string
}

async function someBackup(folder: string): Promise<Backup> {
  const source = join(folder, 'source')
  for (const name of ['one', 'two', 'three/four']) mkdirSync(join(source, name), { recursive: true })
  for (let n = 0; n < 24; n++) {
    const inFolder = ['', 'one', 'two', 'three', 'three/four'][n % 5] ?? ''
    writeFileSync(join(source, inFolder, `file-${n}`), seededBytes(n, n * 400))
  }
  const objects = new Map<ObjectName, Uint8Array>()
  const repository = await initRepository(placeOf(memoryDestination(objects)), signal)
  const { snapshotId } = await backUp(repository, aBackup([source], { workers: 1 }), quiet, signal)
  return { objects, repository, snapshotId, source }
}

const packNames = (objects: Map<ObjectName, Uint8Array>): ObjectName[] =>
  [...objects.keys()].filter((name) => name.startsWith('data/'))

describe('a restore of a damaged repository', () => {
  test(`gives right files or names the others, whichever of ${flips} bytes is flipped`, async () => {
    await using folder = await temporaryFolder()
    const { objects, repository, snapshotId, source } = await someBackup(folder.path)
    const expected = await digestsOf(source)
    const packs = packNames(objects)
    const total = packs.reduce((sum, name) => sum + (objects.get(name)?.length ?? 0), 0)
    let hurt = 0

    for (let n = 0; n < flips; n++) {
      const { name, whole, at } = byteAt(objects, packs, Math.floor((n * total) / flips))
      const damaged = new Uint8Array(whole)
      damaged[at] = (damaged[at] ?? 0) ^ (1 << (n % 8))
      objects.set(name, damaged)
      const target = join(folder.path, `target-${n}`)
      const request = aRestore(target, { path: source, workers: 1 })
      // Without its first tree there is nothing to restore.
      const result = await restore(repository, snapshotId, request, quiet, signal).catch((error: unknown) => {
        expect(error).toMatchObject({ code: 'REPOSITORY_DAMAGED' })
        return undefined
      })
      objects.set(name, whole)
      if (result === undefined) continue
      const restored = await digestsOf(target)
      for (const [path, digest] of Object.entries(restored)) expect(digest).toBe(expected[path])
      const missing = Object.keys(expected).filter((path) => restored[path] === undefined)
      if (missing.length > 0) hurt++
      for (const path of missing) {
        const isTold = result.problems.some((problem) => join(target, path).startsWith(problem.path))
        expect(isTold, path).toBe(true)
      }
      expect(result.problems.length > 0).toBe(missing.length > 0)
    }
    expect(hurt).toBeGreaterThan(flips / 3)
  })

  test('restores the others when a pack is gone, cut off or empty', async () => {
    await using folder = await temporaryFolder()
    const { objects, repository, snapshotId, source } = await someBackup(folder.path)
    const packs = packNames(objects)
    for (const name of packs) {
      const whole = objects.get(name) ?? new Uint8Array()
      for (const length of [undefined, 0, whole.length >> 1]) {
        if (length === undefined) objects.delete(name)
        else objects.set(name, whole.subarray(0, length))
        const target = join(folder.path, `${packs.indexOf(name)}-${length ?? 'gone'}`)
        const request = aRestore(target, { path: source, workers: 1 })
        const result = await restore(repository, snapshotId, request, quiet, signal).catch(() => undefined)
        if (result !== undefined) {
          const restored = await digestsOf(target)
          expect(await digestsOf(source)).toMatchObject(restored)
          expect(result.problems).not.toEqual([])
          expect(result.files).toBe(Object.keys(restored).length)
        }
        objects.set(name, whole)
      }
    }
  })

  test.each(['first', 'second'] as const)(
    'takes the other copy when the %s is damaged, of trees and of data',
    async (which) => {
      await using folder = await temporaryFolder()
      const { objects, repository, snapshot, data } = await everythingTwice()
      const names = data[which]
      for (const name of names) {
        const bytes = objects.get(name) ?? new Uint8Array()
        objects.set(name, new Uint8Array(bytes.length))
      }

      const result = await restore(repository, snapshot, aRestore(folder.path), quiet, signal)

      expect(result.problems).toEqual([])
      expect(readFileSync(join(folder.path, 'folder', 'file'), 'utf8')).toBe('one two')
      expect(readdirSync(folder.path, { recursive: true })).toHaveLength(2)
    },
  )
})

function byteAt(
  objects: Map<ObjectName, Uint8Array>,
  packs: readonly ObjectName[],
  offset: number,
): { name: ObjectName; whole: Uint8Array; at: number } {
  let at = offset
  for (const name of packs) {
    const whole = objects.get(name) ?? new Uint8Array()
    if (at < whole.length) return { name, whole, at }
    at -= whole.length
  }
  throw new Error('behind the end')
}

/** A repository with each blob in two packs. */
async function everythingTwice(): Promise<{
  objects: Map<ObjectName, Uint8Array>
  repository: Repository
  snapshot: string
  data: { first: ObjectName[]; second: ObjectName[] }
}> {
  const handmade = await makeHandmadeRepository()
  const { objects } = handmade
  const write = async (): Promise<{ id: string; names: ObjectName[] }> => {
    const before = new Set(objects.keys())
    const content = [handmade.data('one '), handmade.data('two')]
    const { id } = await handmade.snapshot(
      handmade.tree([aFolder('folder', handmade.tree([aFile('file', content, 7)]))]),
    )
    await handmade.publish()
    const names = [...objects.keys()].filter((name) => !before.has(name) && name.includes('/data/'))
    return { id, names: names.map((name) => parseObjectName(name)) }
  }
  const first = await write()
  const second = await write()
  expect(first.names).toHaveLength(2)
  return {
    objects,
    repository: handmade.repository,
    snapshot: first.id,
    data: { first: first.names, second: second.names },
  }
}
