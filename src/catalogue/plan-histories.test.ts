import { randomUUID } from 'node:crypto'
import { expect, test } from 'vitest'
import { alterCatalogue, anInstance } from '../../test/support/instance.ts'
import { seededRandom } from '../../test/support/seeded-random.ts'

const hour = 3_600_000
/** Above the highest number that Linux gives to a process. */
const goneProcess = 4_194_304

test.each([1, 2, 3])(
  'histories that are kept say what they would say if they were read anew (%i)',
  async (seed) => {
    await using instance = await anInstance()
    const { plans, runs } = instance.catalogue
    const ids = [randomUUID(), randomUUID(), randomUUID()]
    for (const id of ids) await plans.add(aPlan(id))
    const random = seededRandom(seed)
    let now = Date.parse('2027-01-10T05:00Z')
    let open: number | undefined
    const oneOf = (all: readonly string[]): string => all[random(all.length)] ?? ''
    const begin = (id: string, processId: number) =>
      plans.claim(id, new Date(now - random(2) * hour), new Date(now), processId)
    const steps: readonly (() => unknown)[] = [
      () => (now += 5000),
      () => (now += random(30) * hour),
      () => (now -= random(30) * hour),
      async () => (open ??= await begin(oneOf(ids), process.pid)),
      async () => open ?? (await begin(oneOf(ids), goneProcess)),
      async () => (open ??= await runs.start(new Date(now), process.pid, oneOf([...ids, randomUUID()]))),
      async () => {
        const kind = random(2) === 0 ? 'done' : 'failed'
        if (open !== undefined) await runs.finish(open, { kind, finishedAt: new Date(now) })
        open = undefined
      },
    ]

    for (let step = 0; step < 100; step++) {
      await steps[random(steps.length)]?.()
      const at = new Date(now)
      const anew = await Promise.all(ids.map(async (id) => [id, await plans.history(id, at)] as const))
      expect(await plans.histories(ids, at)).toEqual(new Map(anew))
    }
  },
)

test('a history is the same object until its plan has a run', async () => {
  await using instance = await anInstance()
  const { plans, runs } = instance.catalogue
  const ids = [randomUUID(), randomUUID()] as const
  for (const id of ids) await plans.add(aPlan(id))
  const at = (minutes: number): Date => new Date(Date.parse('2027-01-10T05:00Z') + minutes * 60_000)
  await plans.histories(ids, at(0))
  await runs.finish(await runs.start(at(1), process.pid, ids[0]), { kind: 'done', finishedAt: at(2) })
  const before = await plans.histories(ids, at(3))
  await runs.finish(await runs.start(at(4), process.pid, ids[1]), { kind: 'done', finishedAt: at(5) })

  const after = await plans.histories(ids, at(6))

  expect(after.get(ids[0])).toBe(before.get(ids[0]))
  expect(after.get(ids[1])).toMatchObject({ lastDone: at(4) })
})

test('a server that has lost the newest runs and numbers others like them is believed', async () => {
  await using instance = await anInstance()
  const { plans, runs } = instance.catalogue
  const ids = [randomUUID(), randomUUID()] as const
  for (const id of ids) await plans.add(aPlan(id))
  const at = (minutes: number): Date => new Date(Date.parse('2027-01-10T05:00Z') + minutes * 60_000)
  const lost = await runs.start(at(0), process.pid, ids[0])
  await runs.finish(lost, { kind: 'done', finishedAt: at(1) })
  expect((await plans.histories(ids, at(2))).get(ids[0])).toMatchObject({ newest: lost })
  alterCatalogue(instance.home, `update run set plan_id = '${ids[1]}' where id = ${lost}`)

  expect((await plans.histories(ids, at(4))).get(ids[0])).toEqual({})
})

function aPlan(id: string) {
  const createdAt = new Date('2027-01-01T00:00Z')
  const schedule = { timeZone: 'UTC', jitterSeconds: 0, windows: [], leastSecondsBetween: 0 }
  return {
    ...{ id, name: id, isEnabled: true, jobs: ['system'] as const, sources: [], destinations: [] },
    ...{ schedule: { ...schedule, cron: '0 5 * * *' }, hooks: {}, createdAt, activeSince: createdAt },
  }
}
