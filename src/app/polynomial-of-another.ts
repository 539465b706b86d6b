import type { Catalogue, DestinationRecord } from '../ports/catalogue.ts'
import { isWriteOnly } from '../ports/destination-spec.ts'
import { listObjects } from '../repository/objects.ts'
import type { Repository } from '../repository/repository.ts'
import { openRepositoryOf } from './open-repository-of.ts'
import type { SystemRepositoryDeps } from './restore-system.ts'
import { sharesRepository } from './system-repository.ts'
import type { Target } from './target.ts'

/**
 * How another repository of this instance cuts files: one that cuts alike needs nothing twice of what is copied between them. Not
 * of a shared one, since those who share it would learn more of this than they must: one that this instance joined, or that others
 * joined, as more keys than one tell.
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
    if (record.id === target.record.id || sharesRepository(record.spec) || isWriteOnly(record.spec)) continue
    try {
      using repository = await openRepositoryOf(deps, await deps.reach(record), undefined, signal)
      if (await isShared(repository, signal)) continue
      return repository.config.chunkerPolynomial
    } catch {
      // One that is away, or has no backup yet, is no reason to have none here.
      signal.throwIfAborted()
    }
  }
  return undefined
}

async function isShared(repository: Repository, signal: AbortSignal): Promise<boolean> {
  return (await Array.fromAsync(listObjects(repository, 'keys', signal))).length > 1
}
