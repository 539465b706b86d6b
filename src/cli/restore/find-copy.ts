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
  const { access, chosen } = await newestOf(services, places, (all) => [chooseSnapshot(all, choice)], signal)
  return { access, id: chosen[0]?.id ?? '' }
}

/** The same for two snapshots, which must lie in one repository. */
export async function findCopyOfBoth(
  services: Services,
  places: readonly RepositoryAccess[],
  choices: { readonly before: SnapshotChoice; readonly after: SnapshotChoice },
  signal: AbortSignal,
): Promise<{
  readonly access: RepositoryAccess
  readonly before: SnapshotChoice
  readonly after: SnapshotChoice
}> {
  const both = (all: readonly StoredSnapshot[]): StoredSnapshot[] => [
    chooseSnapshot(all, choices.after),
    chooseSnapshot(all, choices.before),
  ]
  const { access, chosen } = await newestOf(services, places, both, signal)
  const [after, before] = chosen.map(({ id }) => ({ snapshot: id }))
  return { access, before: before ?? choices.before, after: after ?? choices.after }
}

async function newestOf(
  services: Services,
  places: readonly RepositoryAccess[],
  choose: (snapshots: readonly StoredSnapshot[]) => readonly StoredSnapshot[],
  signal: AbortSignal,
): Promise<{ readonly access: RepositoryAccess; readonly chosen: readonly StoredSnapshot[] }> {
  const found: { access: RepositoryAccess; chosen: readonly StoredSnapshot[] }[] = []
  let failure: unknown
  for (const access of places) {
    try {
      found.push({ access, chosen: choose(await services.listSnapshots(access, signal)) })
    } catch (error) {
      signal.throwIfAborted()
      // What the user has to say more clearly must not be passed over for another repository.
      if (isRedomaError(error, 'AMBIGUOUS') || isRedomaError(error, 'USAGE')) throw error
      failure ??= error
    }
  }
  const timeOf = (chosen: readonly StoredSnapshot[]): bigint => chosen[0]?.timeNs ?? 0n
  const [newest] = found.toSorted((a, b) => (timeOf(a.chosen) < timeOf(b.chosen) ? 1 : -1))
  if (newest !== undefined) return newest
  if (failure instanceof Error) throw failure
  throw new RedomaError('NOT_FOUND', 'there is no destination to restore from', {
    hint: 'redoma destination add NAME --local PATH',
  })
}
