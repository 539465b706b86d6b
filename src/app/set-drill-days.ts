import { type AuditedDeps, audit } from './audited.ts'

/** Says how many days a proof of the recovery key is good for. */
export type SetDrillDays = (days: number) => Promise<void>

export function makeSetDrillDays(deps: AuditedDeps): SetDrillDays {
  return async (days) => {
    await deps.catalogue.drills.setDays(days)
    await audit(deps, 'glass.drill.policy', `${days} days`)
  }
}
