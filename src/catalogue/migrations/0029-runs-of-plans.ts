import type { Kysely } from 'kysely'

/** By which the newest run of a plan is found, by number and by time, and the newest entry of what people did. Never edited. */
export async function runsOfPlans(db: Kysely<unknown>): Promise<void> {
  await db.schema.createIndex('run_plan_id_id').on('run').columns(['plan_id', 'id']).execute()
  await db.schema.createIndex('run_plan_id_started_at').on('run').columns(['plan_id', 'started_at']).execute()
  await db.schema.createIndex('audit_entry_action_id').on('audit_entry').columns(['action', 'id']).execute()
}
