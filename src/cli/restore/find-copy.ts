import { chooseSnapshot, type SnapshotChoice } from '../../app/choose-snapshot.ts'
import type { RepositoryAccess } from '../../app/restore-system.ts'
import { isRedomaError, RedomaError } from '../../core/errors.ts'
import type { StoredSnapshot } from '../../repository/snapshots/snapshot.ts'
import type { Services } from '../services.ts'

/** A snapshot, and a repository that has it. */
export interface Copy {
  readonly access: RepositoryAccess
  readonly id: string
}

/**
 * Of several repositories the one with the newest snapshot that is meant; those that cannot be reached are passed over
 * as long as one can.
 *
 * @throws RedomaError what choosing throws, or what kept every repository from being read
 */
export async function findCopy(
  services: Services,
  places: readonly RepositoryAccess[],
  choice: SnapshotChoice,
  signal: AbortSignal,
): Promise<Copy> {
  const found: { access: RepositoryAccess; snapshot: StoredSnapshot }[] = []
  let failure: unknown
  for (const access of places) {
    try {
      found.push({ access, snapshot: chooseSnapshot(await services.listSnapshots(access, signal), choice) })
    } catch (error) {
      signal.throwIfAborted()
      // What the user has to say more clearly must not be passed over for another repository.
      if (isRedomaError(error, 'AMBIGUOUS') || isRedomaError(error, 'USAGE')) throw error
      failure ??= error
    }
  }
  const [newest] = found.toSorted((a, b) => (a.snapshot.timeNs < b.snapshot.timeNs ? 1 : -1))
  if (newest !== undefined) return { access: newest.access, id: newest.snapshot.id }
  if (failure instanceof Error) throw failure
  throw new RedomaError('NOT_FOUND', 'there is no destination to restore from', {
    hint: 'redoma destination add NAME --local PATH',
  })
}
