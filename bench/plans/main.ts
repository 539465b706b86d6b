import { randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { makeRunDuePlans } from '../../src/app/daemon/run-due-plans.ts'
import { createInstance } from '../../src/catalogue/create-instance.ts'
import { openCatalogue } from '../../src/catalogue/open-catalogue.ts'
import { consoleTable } from '../peers/console-table.ts'

/*
 * What very many plans cost that are due in the same minute, beside what their runs do: to look which are due when none is, to begin and end a run of each in the order in
 * which they are due, and to look once more, with a simulated clock and a real catalogue:
 *
 *     npm run bench:plans -- [--plans 1000] [--folder /tmp]
 */
const { values } = parseArgs({
  options: { plans: { type: 'string', default: '1000' }, folder: { type: 'string', default: tmpdir() } },
})
const plans = Number(values.plans)
const home = await mkdtemp(join(values.folder, 'redoma-bench-plans-'))
const noon = Date.parse('2026-06-01T12:00:00Z')
// Long enough before for the looks at rest.
let now = noon - 3_600_000
const clock = { now: () => new Date(now) }
try {
  await createInstance(home, 'bench', clock)
  await using disposing = new AsyncDisposableStack()
  const catalogue = await openCatalogue({ home, clock })
  disposing.defer(() => catalogue.close())
  const createdAt = new Date(noon - 7_200_000)
  for (let n = 0; n < plans; n++) {
    await catalogue.plans.add({
      ...{
        id: randomUUID(),
        name: `plan-${n}`,
        isEnabled: true,
        jobs: ['system'],
        sources: [],
        destinations: [],
      },
      ...{ hooks: {}, createdAt, activeSince: createdAt },
      schedule: {
        cron: '0 12 * * *',
        timeZone: 'UTC',
        jitterSeconds: 50,
        windows: [],
        leastSecondsBetween: 0,
      },
    })
  }
  const begun: { readonly at: number; readonly due: number }[] = []
  const runDuePlans = makeRunDuePlans({
    catalogue,
    clock,
    processId: process.pid,
    async runPlan(_, run) {
      const { dueAt = new Date(0) } = await catalogue.runs.get(run)
      begun.push({ at: now, due: dueAt.getTime() })
      now += 2000
      await catalogue.runs.finish(run, { kind: 'done', finishedAt: clock.now() })
    },
  })
  const { signal } = new AbortController()
  const rows: string[][] = []
  for (const [label, time, looks] of [
    ['none is due: the first look', noon - 3_600_000, 1],
    ['each look after that', undefined, 200],
    ['all are due', noon + 60_000, 1],
    ['none is due any more: the first look', undefined, 1],
    ['each look after that', undefined, 200],
  ] as const) {
    now = time ?? now
    const [from, processor] = [performance.now(), process.cpuUsage()]
    for (let look = 0; look < looks; look++) {
      if (looks > 1) now += 5000
      await runDuePlans(signal)
    }
    const { user, system } = process.cpuUsage(processor)
    const each = (milliseconds: number): string => (milliseconds / looks).toFixed(looks === 1 ? 0 : 1)
    rows.push([label, each(performance.now() - from), each((user + system) / 1000)])
  }
  const inOrder = begun.every(({ due }, at) => due >= (begun[at - 1]?.due ?? 0))
  console.log(consoleTable([`${plans} plans`, 'ms', 'ms of a processor'], rows))
  console.log(`${begun.length} runs, ${inOrder ? 'in' : 'NOT in'} the order in which they were due`)
  console.log(`${(process.memoryUsage.rss() / 2 ** 20).toFixed(0)} MiB resident`)
} finally {
  await rm(home, { recursive: true, force: true })
}
