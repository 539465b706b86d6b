import type { Plan } from '../ports/plan.ts'
import type { CreateBackupRequest } from './create-backup.ts'

/** What a run of the plan is asked for. */
export function requestOfPlan({ id, name, jobs, sources, destinations, hooks }: Plan): CreateBackupRequest {
  return { jobs, sources, destinations, plan: { id, name, hooks } }
}
