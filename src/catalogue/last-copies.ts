import type { DestinationRecord, LastCopies, RunPart } from '../ports/catalogue.ts'
import { type Job, jobs } from '../ports/progress.ts'
import { partOf } from './run-parts.ts'
import type { Database } from './tables.ts'

/** Each source is looked up by itself, from one to the next in the index: however many runs there were, few rows are read. */
export async function lastCopies(
  db: Database,
  at: Pick<DestinationRecord, 'name' | 'runsBefore'>,
): Promise<LastCopies[]> {
  const copies: LastCopies[] = []
  for (const job of jobs) {
    for (
      let source = await sourceAfter(db, at, job, '');
      source !== undefined;
      source = await sourceAfter(db, at, job, source)
    ) {
      const last = await newest(db, at, job, source, false)
      // All that is known is of a destination that had this name before.
      if (last !== undefined) copies.push({ last, lastGood: await newest(db, at, job, source, true) })
    }
  }
  return copies
}

async function sourceAfter(
  db: Database,
  { name }: Pick<DestinationRecord, 'name'>,
  job: Job,
  after: string,
): Promise<string | undefined> {
  const next = db
    .selectFrom('run_part')
    .select('source')
    .where('destination', '=', name)
    .where('job', '=', job)
    .where('source', '>', after)
    .orderBy('source')
    .limit(1)
  return (await next.executeTakeFirst())?.source
}

async function newest(
  db: Database,
  { name, runsBefore }: Pick<DestinationRecord, 'name' | 'runsBefore'>,
  job: Job,
  source: string,
  isGood: boolean,
): Promise<RunPart | undefined> {
  const parts = db
    .selectFrom('run_part')
    .selectAll()
    .where('destination', '=', name)
    .where('job', '=', job)
    .where('source', '=', source)
    .where('run_id', '>', runsBefore)
    .orderBy('run_id', 'desc')
    .orderBy('position', 'desc')
    .limit(1)
  const row = await (isGood
    ? parts.where('outcome', 'not like', '{"kind":"failed"%')
    : parts
  ).executeTakeFirst()
  return row === undefined ? undefined : partOf(row).part
}
