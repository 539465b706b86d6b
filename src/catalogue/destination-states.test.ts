import { randomUUID } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { onPostgresql } from '../../test/support/databases/catalogue-database.ts'
import { alterCatalogue, anInstance, openedAgain } from '../../test/support/instance.ts'
import { Secret } from '../core/secret.ts'
import type { Catalogue } from '../ports/catalogue.ts'
import type { DestinationWatch, WatchStep } from '../ports/destination-state.ts'

const at = new Date('2026-03-01T05:00:00Z')
const watch: DestinationWatch = {
  state: { condition: 'lost', since: at, recent: [{ condition: 'lost', at }] },
  findings: {
    tookMs: 3,
    failure: { code: 'DESTINATION_UNREACHABLE', message: 'gone' },
    space: { freeBytes: 1, totalBytes: 2 },
    daysLeft: 8.5,
  },
  room: [{ at, freeBytes: 1 }],
}
const change = { from: 'ok', to: 'lost', since: at, at, details: { tookMs: 3 } } as const

async function addDestination({ destinations }: Catalogue, name = 'nas'): Promise<string> {
  const id = randomUUID()
  const spec = { kind: 'local', path: `/mnt/${name}` } as const
  await destinations.add({
    id,
    name,
    spec,
    repositoryPassword: new Secret('x'),
    createdAt: at,
    runsBefore: 0,
  })
  return id
}

describe('what is remembered of how a destination does', () => {
  test('comes back as it was recorded, and is decided on by what was known', async () => {
    await using instance = await anInstance()
    const store = instance.catalogue.watch
    const id = await addDestination(instance.catalogue)
    const known: unknown[] = []
    const decide = (before: DestinationWatch | undefined): WatchStep => {
      known.push(before)
      return { watch }
    }

    await store.record(id, decide)
    await store.record(id, decide)

    expect(known).toEqual([undefined, watch])
    expect(await store.list()).toEqual(new Map([[id, watch]]))
    expect(await store.takeUntold(process.pid)).toEqual([])
  })

  test('goes with the destination, and is not made for one that is not there', async () => {
    await using instance = await anInstance()
    const { destinations, watch: store } = instance.catalogue
    const id = await addDestination(instance.catalogue)
    await store.record(id, () => ({ watch, change }))

    await destinations.remove('nas')

    expect(await store.list()).toEqual(new Map())
    expect(await store.takeUntold(process.pid)).toEqual([])
    expect(await store.record(id, () => ({ watch }))).toBeUndefined()
    expect(await store.list()).toEqual(new Map())
  })
})

describe('a change of state', () => {
  test('is one process’s to tell until it told it, in whatever order they come', async () => {
    await using instance = await anInstance()
    const { watch: store } = instance.catalogue
    const id = await addDestination(instance.catalogue)
    await store.record(id, () => ({ watch, change }))
    await using other = await openedAgain(instance.home, instance.clock)

    const [taken, ...more] = await store.takeUntold(process.pid)
    expect(taken).toEqual({ ...change, id: 1, destinationId: id, destination: 'nas' })
    expect(more).toEqual([])
    // A process that lives, if not one of this test's.
    expect(await other.watch.takeUntold(process.ppid)).toEqual([])
    expect(await store.takeUntold(process.pid)).toEqual([taken])
    await store.markTold(1, at)
    expect(await store.takeUntold(process.pid)).toEqual([])
    expect(await other.watch.takeUntold(process.ppid)).toEqual([])
  })

  test('is taken over from a process that died, and from one whose number another has now', async () => {
    await using instance = await anInstance()
    const { watch: store } = instance.catalogue
    await store.record(await addDestination(instance.catalogue), () => ({ watch, change }))
    await store.takeUntold(process.pid)
    alterCatalogue(instance.home, "update destination_change set teller_identity = 'another boot/1'")

    expect(await store.takeUntold(process.ppid)).toMatchObject([{ id: 1 }])
    // The parent lives; where several nodes share the catalogue, it would have to have it open as well.
    if (!onPostgresql) expect(await store.takeUntold(process.pid)).toEqual([])
  })

  test('is kept with the last thousand of its destination, and longer until it was told', async () => {
    await using instance = await anInstance()
    const { watch: store } = instance.catalogue
    const id = await addDestination(instance.catalogue)
    const rows = (from: number, to: number, told: string): string =>
      `with recursive n(x) as (select ${from} union all select x + 1 from n where x < ${to})
       insert into destination_change (destination_id, from_condition, to_condition, since, at, details, told_at)
       select '${id}', 'ok', 'lost', '${at.toISOString()}', '${at.toISOString()}', '{"tookMs":1}', ${told} from n`
    alterCatalogue(instance.home, rows(1, 2, 'null'))
    alterCatalogue(instance.home, rows(3, 1500, `'${at.toISOString()}'`))

    await store.record(id, () => ({ watch, change }))

    alterCatalogue(instance.home, 'update destination_change set told_at = null')
    const ids = (await store.takeUntold(process.pid)).map((one) => one.id)
    expect(ids.slice(0, 3)).toEqual([1, 2, 502])
    expect(ids.at(-1)).toBe(1501)
    expect(ids).toHaveLength(1002)
  })
})
