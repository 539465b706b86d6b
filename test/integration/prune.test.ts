import { describe, expect, test } from 'vitest'
import type { ObjectName } from '../../src/ports/destination.ts'
import { checkRepository } from '../../src/repository/checking/check-repository.ts'
import type { BlobId } from '../../src/repository/ids.ts'
import { carryOutPrune } from '../../src/repository/pruning/carry-out-prune.ts'
import type { PruneFigures } from '../../src/repository/pruning/plan-prune.ts'
import { preparePrune } from '../../src/repository/pruning/prepare-prune.ts'
import type { Repository } from '../../src/repository/repository.ts'
import { listSnapshots } from '../../src/repository/snapshots/list-snapshots.ts'
import { faultyDestination } from '../support/faulty-destination.ts'
import {
  aFile,
  aFolder,
  type HandmadeRepository,
  makeHandmadeRepository,
} from '../support/handmade-repository.ts'

const signal = new AbortController().signal
const quiet = (): void => undefined

describe('a prune', () => {
  test('removes what no snapshot needs, and leaves all that one does', async () => {
    const { made } = await aWorld()

    const figures = await prune(made.repository)

    expect(figures).toMatchObject({ repackedPacks: 2, removedPacks: 2, unindexedPacks: 1 })
    expect(await problemsOf(made.repository)).toEqual([])
    expect(await prune(made.repository)).toMatchObject({ freedBytes: 0, repackedPacks: 0, removedPacks: 0 })
  })

  test.each(['fails-before', 'fails-after', 'truncates'] as const)(
    'that dies at any call (%s) leaves a whole repository, and the next one does the rest',
    async (fault) => {
      for (let call = 1; ; call++) {
        const { made } = await aWorld()
        const destination = faultyDestination(made.repository.destination, call, fault)
        await prune({ ...made.repository, destination }).catch(() => undefined)

        expect(await problemsOf(made.repository), `call ${call}`).toEqual([])
        await prune(made.repository)
        expect(await problemsOf(made.repository), `call ${call}`).toEqual([])
        expect(await prune(made.repository)).toMatchObject({ freedBytes: 0, unindexedPacks: 0 })
        if (destination.calls() < call) return
      }
    },
  )

  test('that is told to stop removes nothing more', async () => {
    const { made } = await aWorld()
    const stopping = new AbortController()
    const { repository, objects } = made
    const destination = {
      ...repository.destination,
      remove: (name: ObjectName) => {
        stopping.abort()
        return repository.destination.remove(name, signal)
      },
    }
    const packs = packsOf(objects)

    await expect(prune({ ...repository, destination }, stopping.signal)).rejects.toThrow()

    for (const pack of packs) expect(objects.has(pack)).toBe(true)
    expect(await problemsOf(repository)).toEqual([])
  })

  test.each([
    ['a pack that is needed is missing', (objects: Objects, pack: ObjectName) => objects.delete(pack)],
    [
      'a pack that is needed is cut off',
      (objects: Objects, pack: ObjectName) => objects.set(pack, objects.get(pack)?.subarray(1) ?? empty),
    ],
  ] as const)('changes nothing when %s, and names it', async (_, harm) => {
    const { made, neededPack } = await aWorld()
    harm(made.objects, neededPack)
    const before = new Map(made.objects)

    await expect(prune(made.repository)).rejects.toMatchObject({
      code: 'REPOSITORY_DAMAGED',
      message: expect.stringContaining(neededPack.slice(-64)) as string,
    })

    expect(made.objects).toEqual(before)
  })

  test('changes nothing when something is needed that no index names, and names it', async () => {
    const { made } = await aWorld()
    const lost = 'ab'.repeat(32) as BlobId
    await made.snapshot(made.tree([aFile('lost', [lost], 1)]))
    await made.publish()
    const before = new Map(made.objects)

    await expect(prune(made.repository)).rejects.toThrow(lost)

    expect(made.objects).toEqual(before)
  })

  test('removes nothing when a blob that must be moved is damaged, unless there is another copy of it', async () => {
    const { made, neededPack } = await aWorld()
    const pack = made.objects.get(neededPack)?.slice() ?? empty
    for (let at = 0; at < 64; at++) pack[at] = 0
    made.objects.set(neededPack, pack)
    const before = [...made.objects.keys()]

    await expect(prune(made.repository)).rejects.toMatchObject({ code: 'REPOSITORY_DAMAGED' })
    expect([...made.objects.keys()]).toEqual(expect.arrayContaining(before))

    made.data('needed')
    await made.publish()
    await prune(made.repository)
    expect(await problemsOf(made.repository)).toEqual([])
  })

  test('needs no pack of which every needed blob is elsewhere', async () => {
    const { made, neededPack } = await aWorld()
    made.data('needed')
    await made.publish()
    made.objects.delete(neededPack)

    await prune(made.repository)

    expect(await problemsOf(made.repository)).toEqual([])
  })
})

type Objects = Map<ObjectName, Uint8Array>
const empty = new Uint8Array(0)

/**
 * Two snapshots, of which the older is forgotten: one pack of data and one of trees are partly needed, others not at all, and
 * one is in no index.
 */
async function aWorld(): Promise<{ readonly made: HandmadeRepository; readonly neededPack: ObjectName }> {
  const made = await makeHandmadeRepository()
  const needed = made.data('needed')
  const old = made.data('of the old snapshot')
  const shared = made.tree([aFile('needed', [needed], 6)])
  made.tree([aFile('old', [old], 19), aFolder('shared', shared)])
  await made.publish()
  const [neededPack] = packsOf(made.objects)
  made.tree([aFile('older', [made.data('older still')], 11)])
  await made.publish()
  await made.snapshot(
    made.tree([aFile('new', [made.data('of the new snapshot')], 19), aFolder('shared', shared)]),
  )
  await made.publish()
  made.data('left by a run that died')
  await made.publish(() => [])
  if (neededPack === undefined) throw new Error('no pack')
  return { made, neededPack }
}

/** In the order in which they were put. */
function packsOf(objects: Objects): ObjectName[] {
  return [...objects.keys()].filter((name) => name.startsWith('system/data/'))
}

async function prune(repository: Repository, stop = signal): Promise<PruneFigures> {
  const options = { maxUnused: { kind: 'bytes', bytes: 0 }, maxRepackBytes: Infinity } as const
  const snapshots = await listSnapshots(repository, stop)
  const prepared = await preparePrune(repository, snapshots, options, quiet, stop)
  await carryOutPrune(repository, prepared, quiet, stop)
  return prepared.plan.figures
}

async function problemsOf(repository: Repository): Promise<readonly unknown[]> {
  const report = await checkRepository(repository, { readData: { kind: 'all' } }, quiet, signal)
  return report.problems
}
