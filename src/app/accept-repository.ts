import { type AuditedDeps, audit } from './audited.ts'
import { openAnyRepositoryOf } from './open-repository-of.ts'
import type { SystemRepositoryDeps } from './restore-system.ts'
import type { Target } from './target.ts'

/** Ids of repositories (`config.id`, 64 hex digits). */
export interface RepositoryIdentity {
  /** That the catalogue remembers; absent before the first backup. */
  readonly known: string | undefined
  /** Of the one that lies there. */
  readonly found: string
  /** Of the key file that has opened it. */
  readonly key: string
}

/** Another repository at a destination: who it is, and that it is meant to be there. */
export interface AcceptRepository {
  /** @throws RedomaError `REPOSITORY_MISSING`, `KEY_WRONG`, `REPOSITORY_DAMAGED`, and those of the destination */
  look(target: Target, signal: AbortSignal): Promise<RepositoryIdentity>
  /** From now on it is the one that lay there when it was looked at. */
  accept(target: Target, identity: RepositoryIdentity): Promise<void>
}

export function makeAcceptRepository(deps: SystemRepositoryDeps & AuditedDeps): AcceptRepository {
  return {
    async look(target, signal) {
      using repository = await openAnyRepositoryOf(deps, target, deps.locking, signal)
      return { known: target.record.repositoryId, found: repository.config.id, key: repository.keyId }
    },
    async accept({ record }, { known, found, key }) {
      await deps.catalogue.destinations.acceptRepository(record.id, { id: found, key })
      await audit(deps, 'destination.accept', record.name, `${known ?? 'none'} -> ${found}`)
    },
  }
}
