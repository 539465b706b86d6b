import { expect, test } from 'vitest'
import { anInstance } from '../../../test/support/instance.ts'
import { seededRandom } from '../../../test/support/seeded-random.ts'
import type { Schedule } from '../../ports/plan.ts'
import { makeRunDuePlans } from './run-due-plans.ts'

const minute = 60_000
const plain = { timeZone: 'Europe/Lisbon', jitterSeconds: 0, windows: [], leastSecondsBetween: 0 }
const schedules: readonly Schedule[] = [
  { ...plain, cron: '*/20 * * * *', leastSecondsBetween: 2400 },
  { ...plain, cron: '30 1 * * *', jitterSeconds: 1800 },
  { ...plain, cron: '0 */2 * * *', windows: [{ from: '22:00', to: '06:00' }] },
  { ...plain, afterChangesSeconds: 600 },
]

test('a daemon that looks again and again begins what one would that was just started, whatever happens to the clock and the plans', async () => {
  const kept = await throughDays('kept')
  const anew = await throughDays('anew')

  expect(kept).toEqual(anew)
  expect(new Set(kept.map(({ plan }) => plan)).size).toBe(schedules.length)
})

interface Begun {
  readonly plan: string
  readonly due: Date | undefined
  readonly at: number
}

/** What is begun in the days round a change of the clocks. */
async function throughDays(which: 'kept' | 'anew'): Promise<readonly Begun[]> {
  await using instance = await anInstance()
  const { catalogue } = instance
  const random = seededRandom(5)
  let now = Date.parse('2027-03-26T12:00Z')
  const clock = { now: () => new Date(now) }
  for (const [at, schedule] of schedules.entries())
    await catalogue.plans.add({
      ...{ id: `00000000-0000-4000-8000-00000000000${at}`, name: `plan-${at}`, isEnabled: true },
      ...{ jobs: ['system'], sources: [], destinations: [], hooks: {}, schedule },
      ...{ createdAt: clock.now(), activeSince: clock.now() },
    })
  const begun: Begun[] = []
  const make = () =>
    makeRunDuePlans({
      ...{ catalogue, clock, processId: process.pid },
      async runPlan({ name }, run) {
        const { dueAt } = await catalogue.runs.get(run)
        begun.push({ plan: name, due: dueAt, at: now })
        now += random(5) * minute
        // The process of some dies, as far as others can tell.
        if (random(4) > 0) await catalogue.runs.finish(run, { kind: 'done', finishedAt: clock.now() })
        else await catalogue.runs.finish(run, { kind: 'lost' })
      },
    })
  let look = make()
  const entry = { actor: 'eve', subject: 'x', detail: '' }
  const happenings: readonly (() => unknown)[] = [
    () => catalogue.audit.append({ ...entry, action: 'credential.edit', at: clock.now() }),
    // Asleep for a while, or set back.
    () => (now += random(300) * minute),
    () => (now -= random(90) * minute),
    async () => {
      const plan = await catalogue.plans.get(`plan-${random(schedules.length)}`)
      await catalogue.plans.replace({ ...plan, isEnabled: !plan.isEnabled, activeSince: clock.now() })
    },
    async () => {
      const plan = await catalogue.plans.get('plan-1')
      const schedule = { ...plan.schedule, cron: `${random(60)} ${random(24)} * * *` }
      await catalogue.plans.replace({ ...plan, schedule })
    },
  ]
  const { signal } = new AbortController()
  for (let step = 0; step < 250; step++) {
    now += random(10) * minute
    if (random(8) === 0) await happenings[random(happenings.length)]?.()
    if (which === 'anew') look = make()
    await look(signal)
  }
  return begun
}
