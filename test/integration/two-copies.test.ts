import { describe, expect, test } from 'vitest'
import type { ObjectName } from '../../src/ports/destination.ts'
import { loadIndex } from '../../src/repository/blob-index/load-index.ts'
import { checkRepository } from '../../src/repository/checking/check-repository.ts'
import type { BlobId } from '../../src/repository/ids.ts'
import type { IndexedPack } from '../../src/repository/index/encode-index.ts'
import { carryOutPrune } from '../../src/repository/pruning/carry-out-prune.ts'
import { preparePrune } from '../../src/repository/pruning/prepare-prune.ts'
import type { Repository } from '../../src/repository/repository.ts'
import { listSnapshots } from '../../src/repository/snapshots/list-snapshots.ts'
import { makeReadTree } from '../../src/repository/trees/read-tree.ts'
import {
  aFile,
  aFolder,
  type HandmadeRepository,
  makeHandmadeRepository,
} from '../support/handmade-repository.ts'

const { signal } = new AbortController()
const quiet = (): void => undefined

const besides = ['nothing', 'needed', 'needless'] as const
const pairs = besides.flatMap((besideDamaged) =>
  besides.map((besideWhole) => ({ besideDamaged, besideWhole })),
)
const cases = [
  [true, false],
  [false, true],
  [true, false, true],
].flatMap((isDamaged) =>
  [0, Infinity].map((maxRepackBytes) => ({
    order: isDamaged.map((is) => (is ? 'damaged' : 'whole')).join(', '),
    ...{ isDamaged, maxRepackBytes },
  })),
)

describe('a folder of which an index has a damaged copy, and another a whole one', () => {
  test.each(cases)(
    'is read, and outlives prunes, in the order $order, when $maxRepackBytes bytes may be repacked',
    async ({ isDamaged, maxRepackBytes }) => {
      for (const { besideDamaged, besideWhole } of pairs) {
        const made = await makeHandmadeRepository()
        const { repository } = made
        const beside = (is: boolean) => (is ? besideDamaged : besideWhole)
        const folder = await storeCopies(
          made,
          isDamaged.map((is) => ({ isDamaged: is, beside: beside(is) })),
        )

        await expectReadable(repository, folder)
        await prune(repository, maxRepackBytes)
        await expectReadable(repository, folder)
        await prune(repository, maxRepackBytes)
        await expectReadable(repository, folder)
        if (maxRepackBytes > 0) expect(await problemsOf(repository)).toEqual([])
      }
    },
  )
})

interface Copy {
  readonly isDamaged: boolean
  readonly beside: (typeof besides)[number]
}

/** The same folder once for each copy, in an index of its own, in that order. */
async function storeCopies(made: HandmadeRepository, copies: readonly Copy[]): Promise<BlobId> {
  const needed: BlobId[] = []
  let folder: BlobId | undefined
  for (const [n, { isDamaged, beside }] of copies.entries()) {
    folder = made.tree([aFile('file', [], 0)])
    const other = beside === 'nothing' ? undefined : made.tree([aFile(`beside ${n}`, [], 0)])
    if (other !== undefined && beside === 'needed') needed.push(other)
    let packs: IndexedPack[] = []
    await made.publish((all) => (packs = all))
    if (isDamaged) damage(made.objects, packs, folder)
  }
  if (folder === undefined) throw new Error('no copy')
  const root = made.tree([...needed.map((id, n) => aFolder(`beside ${n}`, id)), aFolder('folder', folder)])
  await made.publish()
  await made.snapshot(root)
  return folder
}

function damage(objects: Map<ObjectName, Uint8Array>, packs: readonly IndexedPack[], id: BlobId): void {
  for (const pack of packs) {
    const place = pack.blobs.find((blob) => blob.id === id)
    const [name, bytes] = [...objects].find(([name]) => name.endsWith(pack.id)) ?? []
    if (place === undefined || name === undefined || bytes === undefined) continue
    const damaged = Uint8Array.from(bytes)
    damaged[place.offset + 20] = (damaged[place.offset + 20] ?? 0) ^ 1
    objects.set(name, damaged)
  }
}

async function expectReadable(repository: Repository, folder: BlobId): Promise<void> {
  const readTree = makeReadTree(repository, await loadIndex(repository, signal))
  expect((await readTree(folder, signal)).length).toBeGreaterThan(0)
}

async function prune(repository: Repository, maxRepackBytes: number): Promise<void> {
  const options = { maxUnused: { kind: 'bytes', bytes: 0 }, maxRepackBytes } as const
  const prepared = await preparePrune(
    repository,
    await listSnapshots(repository, signal),
    options,
    quiet,
    signal,
  )
  await carryOutPrune(repository, prepared, quiet, signal)
}

async function problemsOf(repository: Repository): Promise<readonly unknown[]> {
  return (await checkRepository(repository, { readData: { kind: 'all' } }, quiet, signal)).problems
}
