import { isDeepStrictEqual } from 'node:util'
import { z } from 'zod'
import type { Schedule } from '../ports/plan.ts'
import { schedule as scheduleSpec } from '../ports/plan-spec.ts'
import {
  type Routine,
  type RoutineName,
  type RoutineStore,
  type RoutineWords,
  routineNames,
} from '../ports/routine.ts'
import { requireSame } from './entries.ts'
import { column, parseRow } from './rows.ts'
import type { Database } from './tables.ts'
import { transact } from './transact.ts'

/** @param since when the instance was made */
export function routineStore(db: Database, since: Date): RoutineStore {
  const get = async (name: RoutineName, within: Database = db): Promise<Routine> => {
    const row = await within.selectFrom('routine').selectAll().where('name', '=', name).executeTakeFirst()
    if (row === undefined)
      return { name, isEnabled: true, schedule: scheduleAtFirst(name), activeSince: since }
    const { enabled, schedule, active_since: activeSince, last_due: lastDue } = parseRow(routineRow, row)
    return { name, isEnabled: enabled > 0, schedule, activeSince, lastDue }
  }
  return {
    list: () => Promise.all(routineNames.map((name) => get(name))),
    get: (name) => get(name),
    set: (name, { isEnabled, schedule }, at, expected) =>
      transact(db, async (transaction) => {
        const before = await get(name, transaction)
        if (expected !== undefined) requireSame(wordsOf(before), wordsOf(expected), 'routine', name)
        const isAsNew = (isEnabled && !before.isEnabled) || !isDeepStrictEqual(schedule, before.schedule)
        await keep(transaction, {
          ...before,
          isEnabled,
          schedule,
          activeSince: isAsNew ? at : before.activeSince,
        })
      }),
    settle: (name, dueAt) =>
      transact(db, async (transaction) => {
        await keep(transaction, { ...(await get(name, transaction)), lastDue: dueAt })
      }),
  }
}

function wordsOf({ isEnabled, schedule }: RoutineWords): RoutineWords {
  return { isEnabled, schedule }
}

/** So that they are meant in the time of the machine on which the instance was set up; those of an instance that was set up before are in UTC. */
export async function keepAtFirst(db: Database, since: Date, timeZone: string): Promise<void> {
  for (const name of routineNames) {
    const schedule = { ...scheduleAtFirst(name), timeZone }
    await keep(db, { name, isEnabled: true, schedule, activeSince: since })
  }
}

async function keep(
  db: Database,
  { name, isEnabled, schedule, activeSince, lastDue }: Routine,
): Promise<void> {
  const state = {
    enabled: isEnabled ? 1 : 0,
    schedule: JSON.stringify(schedule),
    active_since: activeSince.toISOString(),
    last_due: lastDue?.toISOString() ?? null,
  }
  await db
    .insertInto('routine')
    .values({ name, ...state })
    .onConflict((conflict) => conflict.column('name').doUpdateSet(state))
    .execute()
}

/** Away from the backups of night and morning, and when people are there to read what comes of it. */
const firstTimes: Readonly<Record<RoutineName, string>> = {
  verification: '0 10 * * 6',
  heads: '0 9 * * 1',
  reminders: '0 9 * * *',
}

function scheduleAtFirst(name: RoutineName): Schedule {
  return { cron: firstTimes[name], timeZone: 'UTC', jitterSeconds: 0, windows: [], leastSecondsBetween: 0 }
}

const routineRow = z.object({
  enabled: column.count,
  schedule: column.json(scheduleSpec),
  active_since: column.time,
  last_due: column.optional(column.time),
})
