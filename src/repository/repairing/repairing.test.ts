import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { type BadSector, withBadSectors } from '../../../test/support/bad-sectors.ts'
import {
  aFile,
  aFolder,
  type HandmadeRepository,
  makeHandmadeRepository,
} from '../../../test/support/handmade-repository.ts'
import { seededBytes } from '../../../test/support/seeded-bytes.ts'
import type { Destination, ObjectName } from '../../ports/destination.ts'
import { textOfPath } from '../browsing/tree-entry.ts'
import { checkRepository } from '../checking/check-repository.ts'
import { type BlobId, type ObjectId, parseObjectId } from '../ids.ts'
import type { IndexedPack } from '../index/encode-index.ts'
import { packHeaderOf } from '../packs/read-pack-header.ts'
import type { Repository } from '../repository.ts'
import type { TreeNode } from '../trees/node.ts'
import { repairIndex } from './repair-index.ts'
import { repairPacks } from './repair-packs.ts'
import { repairSnapshots } from './repair-snapshots.ts'

const signal = new AbortController().signal
const nowhere = 'ab'.repeat(32) as BlobId
const emptyTree = createHash('sha256').update('{"nodes":[]}\n').digest('hex') as BlobId
const quiet = (): void => undefined
const asIs = { readAllPacks: false, dryRun: false }

async function problemsOf({ repository }: HandmadeRepository): Promise<string[]> {
  const report = await checkRepository(repository, { readData: { kind: 'none' } }, quiet, signal)
  return report.problems.map(({ message }) => message)
}

/** What is lost of a snapshot of these nodes, when it is repaired; the repository must be whole afterwards. */
async function lossesOf(nodesOf: (handmade: HandmadeRepository) => readonly TreeNode[]): Promise<string[]> {
  const handmade = await makeHandmadeRepository()
  const folder = handmade.tree(nodesOf(handmade))
  await handmade.snapshot(handmade.tree([aFolder('folder', folder)]))
  await handmade.publish()
  const repaired = await repairSnapshots(handmade.repository, { forget: true, dryRun: false }, quiet, signal)
  expect(await problemsOf(handmade)).toEqual([])
  return repaired.flatMap((one) =>
    one.kind !== 'repaired'
      ? [one.kind]
      : one.losses.map(({ path, message, bytesLost }) => `${textOfPath(path)}: ${message}, ${bytesLost}`),
  )
}

describe('to repair snapshots', () => {
  test.each<[string, (handmade: HandmadeRepository) => TreeNode[], string[]]>([
    ['what is whole', (made) => [aFile('a', [made.data('abc')], 3)], []],
    [
      'a chunk that is nowhere',
      (made) => [aFile('a', [made.data('abc'), nowhere], 10)],
      ['/folder/a: lost 1 of 2 chunks, 7'],
    ],
    [
      'a folder that is nowhere',
      () => [aFolder('a', nowhere)],
      ['/folder/a: its listing is lost: the folder is empty now, 0'],
    ],
    // Its listing is what a lost one is replaced by: the folder's id stays, and nothing is lost.
    ['an empty folder that is nowhere', () => [aFolder('a', emptyTree)], []],
    [
      'a wrong size',
      (made) => [aFile('a', [made.data('abc')], 99)],
      ['/folder/a: its size was wrong: it has 3 bytes, not 99, 0'],
    ],
    [
      'entries out of order',
      () => [aFile('b', [], 0), aFile('a', [], 0)],
      ['/folder: its entries were not in order, 0'],
    ],
    [
      'an entry twice',
      () => [aFile('a', [], 0), aFile('a', [], 0)],
      ['/folder/a: left out: it is there twice, 0'],
    ],
    [
      'a name that leads out',
      () => [aFile('../a', [], 0), aFile('b', [], 0)],
      ['/folder: an entry was left out: a tree holds the name "../a", which no folder can hold, 0'],
    ],
    [
      'a new name that is taken',
      () => [aFile('a', [nowhere], 1), aFile('a.repaired', [], 0)],
      ['/folder/a: lost 1 of 1 chunks, 1'],
    ],
  ])('finds %s', async (_what, nodesOf, losses) => {
    expect(await lossesOf(nodesOf)).toEqual(losses)
  })

  test('keeps the damaged snapshot unless it is to be forgotten, and says what the new one was made of', async () => {
    const handmade = await makeHandmadeRepository()
    const { id } = await handmade.snapshot(handmade.tree([aFile('a', [nowhere], 1)]))
    await handmade.publish()

    const [repaired] = await repairSnapshots(
      handmade.repository,
      { forget: false, dryRun: false },
      quiet,
      signal,
    )

    const names = [...handmade.objects.keys()].filter((name) => name.startsWith('system/snapshots/'))
    expect(names).toHaveLength(2)
    expect(names).toContain(`system/snapshots/${id}`)
    expect(repaired).toMatchObject({ kind: 'repaired', snapshot: { id } })
  })

  test('changes nothing in a dry run', async () => {
    const handmade = await makeHandmadeRepository()
    await handmade.snapshot(handmade.tree([aFile('a', [nowhere], 1)]))
    await handmade.publish()
    const before = new Map(handmade.objects)

    await repairSnapshots(handmade.repository, { forget: true, dryRun: true }, quiet, signal)
    await repairIndex(handmade.repository, { readAllPacks: true, dryRun: true }, quiet, signal)

    expect(handmade.objects).toEqual(before)
  })
})

describe('to repair the index', () => {
  test('leaves what is right alone', async () => {
    const handmade = await makeHandmadeRepository()
    handmade.data('abc')
    await handmade.publish()
    const before = new Map(handmade.objects)

    const repair = await repairIndex(handmade.repository, asIs, quiet, signal)

    expect(repair).toMatchObject({ replacedIndexes: 0, writtenIndexes: 0, packsRead: [] })
    expect(handmade.objects).toEqual(before)
  })

  test.each<[string, (packs: IndexedPack[]) => IndexedPack[]]>([
    ['a pack that no index names', () => []],
    ['half of a pack', (packs) => packs.map((pack) => ({ ...pack, blobs: pack.blobs.slice(0, 1) }))],
    ['a pack twice', (packs) => [...packs, ...packs]],
    ['a pack that is not there', (packs) => packs.map((pack) => ({ ...pack, id: nowhere as never }))],
  ])('mends an index with %s', async (_what, alter) => {
    const handmade = await makeHandmadeRepository()
    const chunks = [handmade.data('abc'), handmade.data('de')]
    await handmade.snapshot(handmade.tree([aFile('a', chunks, 5)]))
    await handmade.publish(alter)

    const repair = await repairIndex(handmade.repository, asIs, quiet, signal)

    expect(repair.writtenIndexes).toBe(1)
    expect(await problemsOf(handmade)).toEqual([])
    expect(await repairIndex(handmade.repository, asIs, quiet, signal)).toMatchObject({ replacedIndexes: 0 })
  })

  test('leaves a pack out that cannot describe itself', async () => {
    const handmade = await makeHandmadeRepository()
    handmade.data('abc')
    await handmade.publish(() => [])
    const [name] = [...handmade.objects.keys()].filter((key) => key.startsWith('system/data/'))
    if (name === undefined) throw new Error('unreachable')
    handmade.objects.set(name, (handmade.objects.get(name) ?? new Uint8Array()).subarray(0, -3))

    const repair = await repairIndex(handmade.repository, asIs, quiet, signal)

    expect(repair.packsUnreadable).toHaveLength(1)
    expect(handmade.objects.has(name)).toBe(true)
  })
})

describe('where the second reading of an index goes wrong', () => {
  test('to repair the index stops, and drops nothing', async () => {
    const handmade = await makeHandmadeRepository()
    await handmade.snapshot(handmade.tree([aFile('a', [handmade.data('abc')], 3)]))
    await handmade.publish((packs) => [...packs, ...packs.map((pack) => ({ ...pack, id: nowhere as never }))])
    const before = new Map(handmade.objects)
    const { repository } = handmade
    const destination = withOneReading(repository.destination, 'system/index/')

    const repairing = repairIndex({ ...repository, destination }, asIs, quiet, signal)

    await expect(repairing).rejects.toMatchObject({
      code: 'REPOSITORY_DAMAGED',
      hint: expect.stringContaining('Nothing was removed') as string,
    })
    expect(handmade.objects).toEqual(before)
  })
})

/** Objects with such names are whole when they are read first, and cut off from then on. */
function withOneReading(inner: Destination, prefix: string): Destination {
  const wereRead = new Set<ObjectName>()
  return {
    ...inner,
    async *get(name, range, stop) {
      const isCutOff = wereRead.has(name) && name.startsWith(prefix)
      wereRead.add(name)
      for await (const chunk of inner.get(name, range, stop)) yield isCutOff ? chunk.subarray(1) : chunk
    },
  }
}

/** Where a blob lies at the destination. */
function placeOf(
  { objects, repository }: HandmadeRepository,
  id: BlobId | undefined,
): BadSector & { readonly pack: ObjectId } {
  for (const [name, bytes] of objects) {
    if (!name.includes('/data/')) continue
    const blob = packHeaderOf(bytes, repository.envelope).find((one) => one.id === id)
    if (blob === undefined) continue
    const pack = parseObjectId(name.slice(-64))
    return { name, pack, from: blob.offset, to: blob.offset + blob.length }
  }
  throw new Error('it is in no pack')
}

function onBadDisk({ repository }: HandmadeRepository, sector: BadSector): Repository {
  return { ...repository, destination: withBadSectors(repository.destination, [sector]) }
}

describe('where a disk has a bad sector', () => {
  test('to repair packs saves all that can be read of one', async () => {
    const handmade = await makeHandmadeRepository()
    const texts = [1, 2, 3, 4].map((seed) => Buffer.from(seededBytes(seed, 20_000)).toString('base64'))
    const chunks = texts.map((text) => handmade.data(text))
    await handmade.snapshot(handmade.tree([aFile('a', chunks, texts.join('').length)]))
    await handmade.publish()
    const { name, pack, from } = placeOf(handmade, chunks[1])
    const repository = onBadDisk(handmade, { name, from: from + 9000, to: from + 9001 })

    const whole = handmade.objects.get(name) ?? new Uint8Array()
    const kept: Uint8Array[] = []
    const keep = async (_pack: ObjectId, bytes: Uint8Array): Promise<string> => `place ${kept.push(bytes)}`

    const { packs } = await repairPacks(repository, { packs: [pack], keep, dryRun: false }, quiet, signal)

    expect(packs).toMatchObject([{ pack, saved: 3, damaged: [{ id: chunks[1] }], kept: ['place 1'] }])
    expect(handmade.objects.has(name)).toBe(false)
    const sector = Math.floor((from + 9000) / 4096) * 4096
    expect(kept).toEqual([whole.slice().fill(0, sector, sector + 4096)])
  })

  test('to read a tree passes it by where it lies elsewhere in the pack', async () => {
    const handmade = await makeHandmadeRepository()
    const file = handmade.data('abc')
    const lost = handmade.tree([aFile('a'.repeat(200), [file], 3)])
    const kept = handmade.tree([aFile('b', [file], 3)])
    await handmade.snapshot(handmade.tree([aFolder('kept', kept), aFolder('lost', lost)]))
    await handmade.publish()
    const repository = onBadDisk(handmade, placeOf(handmade, lost))

    const { problems, trees } = await checkRepository(
      repository,
      { readData: { kind: 'none' } },
      quiet,
      signal,
    )

    expect(problems).toMatchObject([{ object: expect.stringMatching(/:\/lost\/$/) as string }])
    expect(trees).toBe(3)
  })

  test('to repair snapshots gives nothing up, and says what comes first', async () => {
    const handmade = await makeHandmadeRepository()
    const lost = handmade.tree([aFile('a', [handmade.data('abc')], 3)])
    await handmade.snapshot(handmade.tree([aFolder('lost', lost)]))
    await handmade.publish()
    const before = new Map(handmade.objects)
    const repository = onBadDisk(handmade, placeOf(handmade, lost))

    const repairing = repairSnapshots(repository, { forget: true, dryRun: false }, quiet, signal)

    await expect(repairing).rejects.toMatchObject({
      code: 'OBJECT_UNREADABLE',
      hint: expect.stringContaining('repair packs') as string,
    })
    expect(handmade.objects).toEqual(before)
  })
})
