import { type AuditedDeps, audit } from './audited.ts'
import { refuseWhilePlanned } from './plans/keep-plan.ts'

/**
 * Takes a destination out of all further runs. What lies there stays; its repository's password is in every bundle made
 * until now, and nowhere else any more.
 *
 * @throws RedomaError `NOT_FOUND`, `USAGE` while a plan names it
 */
export type RemoveDestination = (name: string) => Promise<void>

export function makeRemoveDestination(deps: AuditedDeps): RemoveDestination {
  return async (name) => {
    await refuseWhilePlanned(deps, 'destination', name)
    await deps.catalogue.destinations.remove(name)
    await audit(deps, 'destination.remove', name)
  }
}
