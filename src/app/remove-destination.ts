import { type AuditedDeps, audit } from './audited.ts'

/**
 * Takes a destination out of all further runs. What lies there stays; its repository's password is in every bundle made
 * until now, and nowhere else any more.
 *
 * @throws RedomaError `NOT_FOUND`
 */
export type RemoveDestination = (name: string) => Promise<void>

export function makeRemoveDestination(deps: AuditedDeps): RemoveDestination {
  return async (name) => {
    await deps.catalogue.destinations.remove(name)
    await audit(deps, 'destination.remove', name)
  }
}
