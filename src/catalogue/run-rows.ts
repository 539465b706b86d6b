import type { Insertable } from 'kysely'
import { z } from 'zod'
import { RedomaError } from '../core/errors.ts'
import type { RunState } from '../ports/catalogue.ts'
import { type Identify, nameHolder, stillHolds } from './processes.ts'
import { column, parseRow } from './rows.ts'
import type { Database, Tables } from './tables.ts'

export interface NewRun {
  readonly startedAt: Date
  readonly processId: number
  readonly planId?: string | undefined
  readonly dueAt?: Date | undefined
}

export type RunInsertion = Insertable<Tables['run']>

export async function newRun(
  identify: Identify,
  { startedAt, processId, planId, dueAt }: NewRun,
): Promise<RunInsertion> {
  return {
    started_at: startedAt.toISOString(),
    process_id: processId,
    process_identity: (await identify(processId)) ?? null,
    state: 'running',
    plan_id: planId ?? null,
    due_at: dueAt?.toISOString() ?? null,
  }
}

export async function insertRun(db: Database, row: RunInsertion): Promise<number> {
  const inserted = db.insertInto('run').values(row).returning('id')
  return (await inserted.executeTakeFirstOrThrow()).id
}

/**
 * In a transaction, of which there is one at a time: of two that begin at once one sees the other.
 *
 * @throws RedomaError `RUN_UNDER_WAY`
 */
export async function refuseSecond(db: Database): Promise<void> {
  const others = db.selectFrom('run').selectAll().where('state', '=', 'running')
  for (const row of await others.execute()) {
    const other = parseRow(runRow, row)
    if ((await stateOf(db, other)).kind !== 'running') continue
    const holder = await nameHolder(db, other.process_id, other.process_identity)
    throw new RedomaError(
      'RUN_UNDER_WAY',
      `run ${other.id} is under way since ${other.started_at.toISOString()}, in ${holder}`,
      { hint: 'Wait until it has ended: redoma backup list' },
    )
  }
}

export const runState = z.enum(['running', 'done', 'done-with-warnings', 'failed', 'cancelled', 'lost'])

export const runRow = z.object({
  id: z.int().positive(),
  started_at: column.time,
  process_id: z.int(),
  process_identity: column.optional(z.string()),
  state: runState,
  finished_at: column.optional(column.time),
  plan_id: column.optional(z.uuid()),
  due_at: column.optional(column.time),
  remarks: column.optional(column.json(z.array(z.string()))),
  cancelled_by: column.optional(z.string()),
})

export async function stateOf(db: Database, run: z.output<typeof runRow>): Promise<RunState> {
  const { state, finished_at: finishedAt } = run
  if (state === 'running') {
    return { kind: (await stillHolds(db, run.process_id, run.process_identity)) ? 'running' : 'lost' }
  }
  if (state === 'lost' || finishedAt === undefined) return { kind: 'lost' }
  return state === 'cancelled'
    ? { kind: state, finishedAt, by: run.cancelled_by ?? '' }
    : { kind: state, finishedAt }
}
