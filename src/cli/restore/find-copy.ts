import { chooseSnapshot, type SnapshotChoice } from '../../app/choose-snapshot.ts'
import type { RepositoryAccess } from '../../app/restore-system.ts'
import { isRedomaError, RedomaError } from '../../core/errors.ts'
import type { SnapshotList } from '../../repository/snapshots/list-snapshots.ts'
import type { StoredSnapshot } from '../../repository/snapshots/snapshot.ts'
import type { Context } from '../context.ts'
import { exitCodes } from '../exit-codes.ts'
import { warnOfDamaged } from './warn-of-damaged.ts'
import { warnOfExchanged } from './warn-of-exchanged.ts'

/** Where to look; with its name, where it is one of several. */
export type Place = RepositoryAccess & { readonly name?: string; readonly knownId?: string | undefined }

/** What `latest` is of: of this host where repositories are reached through the instance, unless another is named. */
export function meant(
  { services }: Context,
  options: { readonly source?: string; readonly host?: string; readonly repository?: string },
): Omit<SnapshotChoice, 'snapshot'> {
  const { source, repository, host = repository === undefined ? services.hostName : undefined } = options
  return { source, host }
}

/** A snapshot, and a repository that has it. */
export interface Copy {
  readonly access: RepositoryAccess
  readonly id: string
}

/**
 * Of several repositories the one with the newest snapshot that is meant; those that cannot be reached are passed over
 * as long as one can. Damaged snapshots are told of; with `latest` each may be a later one, and the command is done with warnings.
 *
 * @throws RedomaError what choosing throws, or what kept every repository from being read
 */
export async function findCopy(
  context: Context,
  places: readonly Place[],
  choice: SnapshotChoice,
): Promise<Copy> {
  const { access, chosen } = await newestOf(context, places, [choice])
  return { access, id: chosen[0]?.id ?? '' }
}

/** The same for two snapshots, which must lie in one repository. */
export async function findCopyOfBoth(
  context: Context,
  places: readonly Place[],
  choices: { readonly before: SnapshotChoice; readonly after: SnapshotChoice },
): Promise<{
  readonly access: RepositoryAccess
  readonly before: SnapshotChoice
  readonly after: SnapshotChoice
}> {
  const { access, chosen } = await newestOf(context, places, [choices.after, choices.before])
  const [after, before] = chosen.map(({ id }) => ({ snapshot: id }))
  return { access, before: before ?? choices.before, after: after ?? choices.after }
}

async function newestOf(
  context: Context,
  places: readonly Place[],
  choices: readonly SnapshotChoice[],
): Promise<{ readonly access: RepositoryAccess; readonly chosen: readonly StoredSnapshot[] }> {
  const { services, signal } = context
  const found: { access: RepositoryAccess; chosen: readonly StoredSnapshot[] }[] = []
  let failure: unknown
  for (const access of places) {
    try {
      const list = await services.listSnapshots(access, signal)
      warnOfExchanged(context, access, list.repositoryId)
      tellOfDamaged(context, access, list, choices)
      found.push({ access, chosen: choices.map((choice) => chooseSnapshot(list, choice)) })
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

/** Who named a snapshot by its id gets that one, whatever else is damaged. */
function tellOfDamaged(
  context: Context,
  { name }: Place,
  { damaged }: SnapshotList,
  choices: readonly SnapshotChoice[],
): void {
  const isLatest = choices.some(({ snapshot }) => snapshot === 'latest')
  warnOfDamaged(
    context,
    name,
    damaged,
    isLatest ? 'it may be later than the latest that is whole' : 'not the one that is read',
  )
  if (isLatest && damaged.length > 0) context.finish(exitCodes.warnings)
}
