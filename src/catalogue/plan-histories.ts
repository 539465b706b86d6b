import { z } from 'zod'
import type { PlanHistory } from '../ports/plan.ts'
import { column, parseRow } from './rows.ts'
import { runRow, runState, stateOf } from './run-rows.ts'
import type { Database } from './tables.ts'

/** A run whose process died is begun again so often. */
const mostRepetitions = 3

interface ReadHistory {
  readonly history: PlanHistory
  /** Whether it says the same later, until the plan has another run. */
  readonly isLasting: boolean
  /** When the first of the runs begins that are dated later. */
  readonly ahead?: Date | undefined
}

interface Known {
  readonly history: PlanHistory
  readonly from: Date
  readonly until: Date | undefined
}

interface NewestRun {
  readonly id: number
  readonly plan_id?: string | undefined
  readonly started_at: Date
  readonly state: z.output<typeof runState>
}

/**
 * Reads the histories of many plans again and again: those alone that may have changed. A history changes with the runs of its plan, which are added and, while it is the
 * newest of all, ended, and with the clock. One of a run that counts as under way, as far as its row says, is read each time.
 */
export function planHistories(
  db: Database,
): (plans: readonly string[], now: Date) => Promise<ReadonlyMap<string, PlanHistory>> {
  let known = new Map<string, Known>()
  let newest: NewestRun | undefined
  // Of two that read at once, one must not keep what the other has seen to be over.
  let times = 0

  return async (plans, now) => {
    await forgetChanged()
    const time = times
    const histories = new Map<string, PlanHistory>()
    const kept = new Map<string, Known>()
    for (const plan of plans) {
      const one = known.get(plan)
      const isGood = one !== undefined && one.from <= now && (one.until === undefined || now < one.until)
      const { isLasting, ...found } = isGood ? { ...one, isLasting: true } : await readAnew(plan, now)
      histories.set(plan, found.history)
      if (isLasting) kept.set(plan, found)
    }
    if (time === times) known = kept
    return histories
  }

  async function readAnew(plan: string, now: Date): Promise<Known & { readonly isLasting: boolean }> {
    const { history, isLasting, ahead } = await readHistory(db, plan, now)
    return { history, from: now, until: ahead, isLasting }
  }

  async function forgetChanged(): Promise<void> {
    const seen = newest
    const rows = await runsFrom(db, seen?.id)
    // Another was faster.
    if (newest !== seen) return forgetChanged()
    if (seen === undefined && rows.length === 0) return
    if (seen === undefined || !isSame(seen, rows[0])) {
      known = new Map()
      newest = seen === undefined ? rows[0] : undefined
      times += 1
      return
    }
    const changed = rows.filter(({ id }) => id !== seen.id || seen.state === 'running')
    if (changed.length === 0) return
    for (const { plan_id: plan } of changed) if (plan !== undefined) known.delete(plan)
    newest = rows.at(-1)
    times += 1
  }
}

/** A server that lost what it had acknowledged numbers runs anew. */
function isSame(one: NewestRun, other: NewestRun | undefined): boolean {
  return (
    one.id === other?.id &&
    one.plan_id === other.plan_id &&
    one.started_at.getTime() === other.started_at.getTime()
  )
}

/** In their order; without a number, the newest alone. */
async function runsFrom(db: Database, id: number | undefined): Promise<readonly NewestRun[]> {
  const runs = db.selectFrom('run').select(['id', 'plan_id', 'started_at', 'state'])
  const rows =
    id === undefined ? runs.orderBy('id', 'desc').limit(1) : runs.where('id', '>=', id).orderBy('id')
  return (await rows.execute()).map((row) => parseRow(newestRow, row))
}

const newestRow = z.object({
  id: z.int().positive(),
  plan_id: column.optional(z.uuid()),
  started_at: column.time,
  state: runState,
})

export async function readHistory(db: Database, planId: string, now: Date): Promise<ReadHistory> {
  const newest = await newestDue(db, planId, now)
  const open = newest?.mayBeginAgain === true ? newest.runs : []
  const time = now.toISOString()
  const row = await db
    .selectNoFrom((query) => {
      const all = query.selectFrom('run').where('plan_id', '=', planId)
      const counted = all.where('started_at', '<=', time).where('id', 'not in', [0, ...open])
      const lastStarted = counted.orderBy('started_at', 'desc').limit(1).select('started_at')
      return [
        counted
          .where('due_at', '<=', time)
          .orderBy('due_at', 'desc')
          .limit(1)
          .select('due_at')
          .as('last_due'),
        lastStarted.as('last_started'),
        lastStarted.where('state', 'in', ['done', 'done-with-warnings']).as('last_done'),
        all.orderBy('id', 'desc').limit(1).select('id').as('newest'),
        all
          .where('started_at', '>', time)
          .orderBy('started_at')
          .limit(1)
          .select('started_at')
          .as('started_ahead'),
        all.where('due_at', '>', time).orderBy('due_at').limit(1).select('due_at').as('due_ahead'),
      ]
    })
    .executeTakeFirst()
  const found = parseRow(historyRow, row)
  return {
    history: {
      lastDue: found.last_due,
      lastStarted: found.last_started,
      lastDone: found.last_done,
      newest: found.newest,
    },
    isLasting: newest?.isRunning !== true,
    ahead: earlier(found.started_ahead, found.due_ahead),
  }
}

const historyRow = z.object({
  last_due: column.optional(column.time),
  last_started: column.optional(column.time),
  last_done: column.optional(column.time),
  newest: column.optional(z.int().positive()),
  started_ahead: column.optional(column.time),
  due_ahead: column.optional(column.time),
})

function earlier(one: Date | undefined, other: Date | undefined): Date | undefined {
  if (one === undefined || other === undefined) return one ?? other
  return one < other ? one : other
}

interface NewestDue {
  readonly dueAt: Date
  /** All runs that were begun for it, the newest first. */
  readonly runs: readonly number[]
  readonly mayBeginAgain: boolean
  /** By its row: whether its process lives is another question, with another answer later. */
  readonly isRunning: boolean
}

export async function newestDue(db: Database, planId: string, until: Date): Promise<NewestDue | undefined> {
  const rows = await db
    .selectFrom('run')
    .selectAll()
    .where('plan_id', '=', planId)
    .where('due_at', '<=', until.toISOString())
    .orderBy('due_at', 'desc')
    .orderBy('id', 'desc')
    .limit(1 + mostRepetitions)
    .execute()
  const [newest, ...others] = rows.map((row) => parseRow(runRow, row))
  if (newest?.due_at === undefined) return undefined
  const dueAt = newest.due_at
  const same = [newest, ...others.filter((other) => other.due_at?.getTime() === dueAt.getTime())]
  const isLost = (await stateOf(db, newest)).kind === 'lost'
  return {
    dueAt,
    runs: same.map(({ id }) => id),
    mayBeginAgain: isLost && same.length <= mostRepetitions,
    isRunning: newest.state === 'running',
  }
}
