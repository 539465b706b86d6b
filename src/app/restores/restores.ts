import { messageOf, RedomaError, systemCode } from '../../core/errors.ts'
import type { Progress } from '../../ports/progress.ts'
import type { RestoreOutcome, RestoreWhat } from '../../ports/restore.ts'
import type { RequireSecondPerson } from '../approvals/require-second-person.ts'
import { chooseSnapshot } from '../choose-snapshot.ts'
import type { ListSnapshots, RepositoryAccess, RestoreSystem } from '../restore-system.ts'
import { requireKnownRepository } from '../snapshots/known-repository.ts'
import { shownSnapshot } from '../snapshots/shown-snapshot.ts'
import type { OwnPlaces } from './fit-root.ts'
import { placeBelowRoot } from './place-below-root.ts'
import { isAnythingIn, restoreOver } from './restore-over.ts'
import { tallyRestore } from './tally-restore.ts'

/** A restore that somebody asks a daemon for. */
export interface AskedRestore extends Omit<RestoreWhat, 'source' | 'hostname'> {
  /** `latest`, or the beginning of an id. */
  readonly snapshot: string
  /** Whose `latest` is meant. */
  readonly source?: string | undefined
  readonly host?: string | undefined
}

export interface Asker {
  readonly actor: string
  /** Came by the socket, and may do on the machine whatever the daemon may. */
  readonly isOnMachine: boolean
}

/** One that may be done. */
export interface PlannedRestore {
  readonly what: RestoreWhat
  readonly asker: Asker
  /** Somebody agreed that it goes over what is there, or nobody had to. */
  readonly isOverAgreed: boolean
}

/** Restores that a daemon does for those who ask it. */
export interface Restores {
  /** Below which folder those restore who come over the network. */
  root(): Promise<string | undefined>
  /**
   * Looks whether it may be done, and which snapshot is meant.
   *
   * @throws RedomaError `NOT_ALLOWED`, `PATH_UNSAFE`, `APPROVAL_NEEDED`, `APPROVAL_REFUSED`; `NOT_FOUND`, `AMBIGUOUS`, `REPOSITORY_EXCHANGED`, and those of opening
   */
  plan(asked: AskedRestore, asker: Asker, signal: AbortSignal): Promise<PlannedRestore>
  /** Looks again: it may have waited for long. @throws RedomaError as `plan`, and those of restoring */
  carryOut(planned: PlannedRestore, progress: Progress, signal: AbortSignal): Promise<RestoreOutcome>
}

export interface RestoresDeps {
  readonly root: Restores['root']
  readonly ownPlaces: () => Promise<OwnPlaces>
  readonly repositoryAt: (
    destination: string,
  ) => Promise<RepositoryAccess & { readonly knownId?: string | undefined }>
  readonly listSnapshots: ListSnapshots
  readonly restoreSystem: RestoreSystem
  /** Of who asks; waits for nobody. */
  readonly secondPersonFor: (actor: string) => Promise<RequireSecondPerson>
}

export function makeRestores(deps: RestoresDeps): Restores {
  return {
    root: deps.root,
    async plan({ source, host, ...asked }, asker, signal) {
      const place = await placeOf(deps, asked.target, asker)
      const { knownId, ...access } = await deps.repositoryAt(asked.destination)
      const list = await deps.listSnapshots(access, signal)
      requireKnownRepository(asked.destination, knownId, list.repositoryId)
      const snapshot = shownSnapshot(chooseSnapshot(list, { snapshot: asked.snapshot, source, host }))
      const what = {
        ...{ ...asked, target: place.target },
        ...{ snapshot: snapshot.id, source: snapshot.source, hostname: snapshot.hostname },
      }
      return { what, asker, isOverAgreed: await agreeOn(deps, what, asker, signal) }
    },
    async carryOut({ what, asker, isOverAgreed }, progress, signal) {
      const place = await placeOf(deps, what.target, asker)
      if (!isOverAgreed) await agreeOn(deps, what, asker, signal)
      const access = await deps.repositoryAt(what.destination)
      const { tally, onEntry } = tallyRestore()
      try {
        const request = { ...requestOf(what), ...place, onEntry }
        return tally(await deps.restoreSystem(access, request, progress, signal))
      } catch (error) {
        throw typed(error, what.target)
      }
    },
  }
}

/** Of a place that is refused, who came over the network hears nothing more: not whether there is such a snapshot. */
async function placeOf(
  deps: RestoresDeps,
  target: string,
  { isOnMachine }: Asker,
): Promise<{ readonly target: string; readonly below?: string }> {
  if (isOnMachine) return { target }
  return placeBelowRoot(await deps.ownPlaces(), await deps.root(), target)
}

/** @returns whether there was something to agree to: what comes into an empty folder until its turn has to be asked about then */
async function agreeOn(
  deps: RestoresDeps,
  what: RestoreWhat,
  { actor }: Asker,
  signal: AbortSignal,
): Promise<boolean> {
  if (what.dryRun || !(await isAnythingIn(what.target))) return false
  const requireSecondPerson = await deps.secondPersonFor(actor)
  await requireSecondPerson(restoreOver(what.snapshot, requestOf(what)), signal)
  return true
}

function requestOf({ path, target, include, exclude, overwrite, dryRun, verify, ...what }: RestoreWhat) {
  const deletes = what.delete ? ('extra' as const) : ('nothing' as const)
  return { snapshot: what.snapshot, path, target, include, exclude, overwrite, deletes, dryRun, verify }
}

/** The system says of the target what no use case expects: that a folder may not be made there. */
function typed(error: unknown, target: string): unknown {
  if (error instanceof RedomaError || systemCode(error) === undefined) return error
  return new RedomaError('FILE_FAILED', `${target} cannot be restored to: ${messageOf(error)}`, {
    hint: 'A service writes below the restore root alone, and where copies go: redoma install writes its unit anew.',
    cause: error,
  })
}
