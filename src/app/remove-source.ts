import { type AuditedDeps, audit } from './audited.ts'
import { refuseWhilePlanned } from './plans/keep-plan.ts'

/**
 * Takes a source out of all further runs; its copies stay where they are.
 *
 * @throws RedomaError `NOT_FOUND`, `USAGE` while a plan names it
 */
export type RemoveSource = (name: string) => Promise<void>

export function makeRemoveSource(deps: AuditedDeps): RemoveSource {
  return async (name) => {
    await refuseWhilePlanned(deps, 'source', name)
    await deps.catalogue.sources.remove(name)
    await audit(deps, 'source.remove', name)
  }
}
