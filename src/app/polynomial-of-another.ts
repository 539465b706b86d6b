import type { Catalogue, DestinationRecord } from '../ports/catalogue.ts'
import { openRepositoryOf } from './open-repository-of.ts'
import type { SystemRepositoryDeps } from './restore-system.ts'
import type { Target } from './target.ts'

/**
 * How another repository of this instance cuts files: one that cuts alike needs nothing twice of what is copied between them. Not
 * of a shared one, since those who share it would learn more of this than they must.
 */
export async function polynomialOfAnother(
  deps: SystemRepositoryDeps & {
    readonly catalogue: Pick<Catalogue, 'destinations'>
    readonly reach: (record: DestinationRecord) => Promise<Target>
  },
  target: Target,
  signal: AbortSignal,
): Promise<bigint | undefined> {
  for (const record of await deps.catalogue.destinations.list()) {
    if (record.id === target.record.id || record.repositoryKey !== undefined) continue
    try {
      using repository = await openRepositoryOf(deps, await deps.reach(record), undefined, signal)
      return repository.config.chunkerPolynomial
    } catch {
      // One that is away, or has no backup yet, is no reason to have none here.
      signal.throwIfAborted()
    }
  }
  return undefined
}
