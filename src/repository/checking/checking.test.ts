import { describe, expect, test } from 'vitest'
import {
  aFile,
  aFolder,
  type HandmadeRepository,
  makeHandmadeRepository,
} from '../../../test/support/handmade-repository.ts'
import type { ObjectName } from '../../ports/destination.ts'
import type { BlobId } from '../ids.ts'
import type { IndexedPack } from '../index/encode-index.ts'
import { openRepository } from '../open.ts'
import type { TreeNode } from '../trees/node.ts'
import type { CheckReport } from './check-report.ts'
import { checkRepository } from './check-repository.ts'

const signal = new AbortController().signal
const nowhere = 'ab'.repeat(32) as BlobId

async function check({ repository }: HandmadeRepository, readData = true): Promise<CheckReport> {
  const kind = readData ? 'all' : 'none'
  return checkRepository(repository, { readData: { kind }, threads: 1 }, () => undefined, signal)
}

/** The messages of all problems, with what they are about. */
async function problemsOf(handmade: HandmadeRepository, readData = true): Promise<string[]> {
  const { problems } = await check(handmade, readData)
  return problems.map(({ object, message }) => `${object.replaceAll(/[0-9a-f]{64}/g, '<id>')} ${message}`)
}

/** `/folder/file` of 5 bytes, and what else is given, in one snapshot. */
async function aRepository(
  more: (handmade: HandmadeRepository) => readonly TreeNode[] = () => [],
): Promise<HandmadeRepository> {
  const handmade = await makeHandmadeRepository()
  const chunks = [handmade.data('abc'), handmade.data('de')]
  const folder = handmade.tree([aFile('file', chunks, 5)])
  await handmade.snapshot(handmade.tree([aFolder('folder', folder), ...more(handmade)]))
  await handmade.publish()
  return handmade
}

function objectsIn({ objects }: HandmadeRepository, kind: string): ObjectName[] {
  return [...objects.keys()].filter((name) => name.startsWith(`system/${kind}/`))
}

function alter(handmade: HandmadeRepository, kind: string, change: (bytes: Uint8Array) => Uint8Array): void {
  const [name] = objectsIn(handmade, kind)
  if (name !== undefined)
    handmade.objects.set(name, change(handmade.objects.get(name)?.slice() ?? new Uint8Array()))
}

const flipByte = (bytes: Uint8Array): Uint8Array => bytes.with(20, (bytes[20] ?? 0) ^ 1)

describe('check', () => {
  test('finds nothing wrong with a whole repository, and counts it', async () => {
    const report = await check(await aRepository())

    expect(report).toMatchObject({
      problems: [],
      snapshots: 1,
      packs: 2,
      blobs: 4,
      trees: 2,
      hints: [],
      packsRead: 2,
      damagedPacks: [],
    })
    expect(report.bytesRead).toBeGreaterThan(0)
  })

  test('reads no data unless it is asked to', async () => {
    expect(await check(await aRepository(), false)).toMatchObject({ problems: [], bytesRead: 0 })
  })

  test('misses a pack', async () => {
    const handmade = await aRepository()
    for (const name of objectsIn(handmade, 'data')) handmade.objects.delete(name)

    const problems = await problemsOf(handmade, false)

    expect(problems.filter((problem) => problem === 'data/<id> the pack is missing')).toHaveLength(2)
    expect(problems.at(-1)).toMatch(/^snapshots\/<id>:\/ the repository lacks a part/)
  })

  test('finds a pack that was cut off', async () => {
    const handmade = await aRepository()
    alter(handmade, 'data', (bytes) => bytes.subarray(0, -1))

    expect(await problemsOf(handmade, false)).toContainEqual(
      expect.stringMatching(/^data\/<id> the pack has \d+ bytes/),
    )
  })

  test('finds one altered byte of a pack only when it reads data', async () => {
    const handmade = await aRepository()
    alter(handmade, 'data', flipByte)

    expect(await problemsOf(handmade, false)).toEqual([])
    expect(await problemsOf(handmade)).toEqual([
      'data/<id> its content does not match its name',
      expect.stringMatching(/^data\/<id> its data blob \w{64}: .* was altered, or sealed with another key$/),
    ])
  })

  test('finds an index that lies about a pack', async () => {
    const handmade = await makeHandmadeRepository()
    handmade.data('abc')
    await handmade.publish((packs) =>
      packs.map((pack) => ({ ...pack, blobs: pack.blobs.map((blob) => ({ ...blob, id: nowhere })) })),
    )

    expect(await problemsOf(handmade)).toEqual([
      'data/<id> the pack has other blobs than the index says',
      `data/<id> its data blob ${nowhere}: the blob ${nowhere} holds other content than its name says`,
    ])
  })

  test.each(['index', 'snapshots', 'keys'])('finds a damaged file of %s', async (kind) => {
    const handmade = await aRepository()
    alter(handmade, kind, flipByte)

    expect(await problemsOf(handmade)).toContainEqual(expect.stringMatching(new RegExp(`^${kind}/<id> `)))
  })

  test('finds flipped bytes anywhere outside of packs, and names their files', async () => {
    const handmade = await aRepository()
    for (const [name, bytes] of handmade.objects) {
      const file = name.slice('system/'.length)
      if (file.startsWith('data/')) continue // verify-pack.test.ts
      for (let at = 0; at < bytes.length; at += 17) {
        handmade.objects.set(name, bytes.with(at, (bytes[at] ?? 0) ^ (1 << (at % 8))))
        const { problems } = await check(handmade, false)
        expect(problems.map(({ object }) => object)).toContain(file)
      }
      handmade.objects.set(name, bytes)
    }
    expect(await problemsOf(handmade)).toEqual([])
  })

  test('where the only key file is damaged, it is named when the repository is opened', async () => {
    const handmade = await aRepository()
    alter(handmade, 'keys', (bytes) => bytes.with(bytes.length - 20, (bytes.at(-20) ?? 0) ^ 1))

    const opening = openRepository(handmade.place, signal)
    await expect(opening).rejects.toThrow(/^keys\/\w{64} is damaged/)
    await expect(opening).rejects.toMatchObject({ code: 'REPOSITORY_DAMAGED' })
  })

  test('a name that leads out hides none of its neighbours', async () => {
    const handmade = await aRepository(() => [aFile('../x', [], 0), aFile('zy', [nowhere], 3)])

    expect(await problemsOf(handmade, false)).toEqual([
      'snapshots/<id>:/ a tree holds the name "../x", which no folder can hold',
      `snapshots/<id>:/zy its chunk ${nowhere} is in no index`,
    ])
  })

  test('names a snapshot whose tree is missing', async () => {
    const handmade = await aRepository()
    await handmade.snapshot(nowhere)

    expect(await problemsOf(handmade, false)).toEqual([
      `snapshots/<id> its tree ${nowhere} is in no index: all of it is lost`,
    ])
  })

  test('goes on past a pack that is in a folder that is not its own', async () => {
    const handmade = await aRepository()
    const [name] = objectsIn(handmade, 'data')
    const bytes = handmade.objects.get(name ?? ('' as ObjectName))
    const moved = name?.replace(/data\/../, 'data/zz') as ObjectName
    handmade.objects.set(moved, bytes ?? new Uint8Array())

    expect(await check(handmade)).toMatchObject({
      problems: [],
      hints: [expect.stringMatching(/^files that are no packs lie among them/)],
    })
  })

  test('finds two indexes that contradict each other', async () => {
    const handmade = await makeHandmadeRepository()
    let first: IndexedPack[] = []
    handmade.data('abc')
    await handmade.publish((packs) => (first = packs))
    handmade.data('more')
    await handmade.publish((packs) => [...packs, ...first.map((pack) => ({ ...pack, blobs: [] }))])

    expect(await problemsOf(handmade, false)).toContain(
      'data/<id> two indexes say different things of the pack',
    )
  })

  test('a pack in two indexes that say the same is no problem', async () => {
    const handmade = await makeHandmadeRepository()
    let first: IndexedPack[] = []
    handmade.data('abc')
    await handmade.publish((packs) => (first = packs))
    handmade.data('more')
    await handmade.publish((packs) => [...packs, ...first])

    expect(await check(handmade)).toMatchObject({
      problems: [],
      hints: [expect.stringMatching(/^packs are in more than one index, which say the same/)],
      packs: 2,
      blobs: 2,
    })
  })

  test('a pack that no index names is no problem', async () => {
    const handmade = await aRepository()
    handmade.data('left behind')
    await handmade.publish(() => [])

    expect(await check(handmade)).toMatchObject({
      problems: [],
      hints: [expect.stringMatching(/^packs are in no index/)],
    })
  })

  test.each<[string, (handmade: HandmadeRepository) => TreeNode[], string]>([
    ['a chunk that is nowhere', () => [aFile('x', [nowhere], 3)], `/x its chunk ${nowhere} is in no index`],
    ['a folder that is nowhere', () => [aFolder('x', nowhere)], `/x its tree ${nowhere} is in no index`],
    [
      'a size that is not that of the content',
      (handmade) => [aFile('x', [handmade.data('abc')], 99)],
      '/x has 3 bytes of content, but says 99',
    ],
    [
      'names out of order',
      () => [aFile('b', [], 0), aFile('a', [], 0)],
      '/a is not in its place: the names of the folder are not in order',
    ],
    ['one name twice', () => [aFile('x', [], 0), aFile('x', [], 0)], '/x is there twice'],
    [
      'a file without chunks',
      () => [{ ...aFile('x', [], 0), content: undefined }],
      '/x is a file without a list of chunks',
    ],
    [
      'a name that leads out',
      () => [aFile('../x', [], 0)],
      '/ a tree holds the name "../x", which no folder can hold',
    ],
  ])('finds %s', async (_what, nodesOf, problem) => {
    const handmade = await aRepository((made) =>
      nodesOf(made).map((node) => ({ ...node, name: namedLast(node.name) })),
    )

    expect(await problemsOf(handmade, false)).toEqual([
      `snapshots/<id>:${problem.replace(/^\/(?=[abx] )/, '/z')}`,
    ])
  })
})

/** After `folder`, whatever it is: the order is only wrong where a test wants it to be. */
function namedLast(name: Uint8Array): Uint8Array {
  const text = Buffer.from(name).toString()
  return text.startsWith('.') ? name : Buffer.from(`z${text}`)
}
