import { isRedomaError } from '../core/errors.ts'
import type { Secret } from '../core/secret.ts'
import type { FileCalls } from '../crypto/file-calls.ts'
import type { Primitives } from '../crypto/primitives.ts'
import type { Clock } from '../ports/clock.ts'
import type { Destination } from '../ports/destination.ts'
import type { Progress } from '../ports/progress.ts'
import type { Locking } from '../repository/locks/locking.ts'
import { openRepository } from '../repository/open.ts'
import type { OnRepositoryEvent, RepositoryEvent } from '../repository/repository.ts'
import type { RestoreRequest, RestoreResult } from '../repository/restoring/request.ts'
import { restore } from '../repository/restoring/restore.ts'
import { listSnapshots, type SnapshotList } from '../repository/snapshots/list-snapshots.ts'
import type { StoredSnapshot } from '../repository/snapshots/snapshot.ts'
import { chooseSnapshot, type SnapshotChoice } from './choose-snapshot.ts'
import { repositoryProgress } from './repository-progress.ts'

/** A repository and what opens it. No instance is needed: in an emergency there is none. */
export interface RepositoryAccess {
  readonly destination: Destination
  /** `system/` at a destination of Redoma's; `''` where the repository is at the top. */
  readonly prefix: string
  readonly password: Secret
  /** How it is locked while it is read. */
  readonly locking?: Partial<Locking> | undefined
  /** Id of the key file that it opens, where it is known. */
  readonly key?: string | undefined
}

export interface SystemRepositoryDeps {
  readonly clock: Clock
  readonly primitives: Primitives
  readonly fileCalls: FileCalls
  readonly locking?: Partial<Locking> | undefined
}

/** What a dry run would do with one entry. */
export type RestoreEntry = Omit<Extract<RepositoryEvent, { readonly kind: 'entry' }>, 'kind'>

export type RestoreSystemRequest = SnapshotChoice &
  Omit<RestoreRequest, 'verify'> & {
    /** `true` unless said. */
    readonly verify?: boolean | undefined
    /** Is told of every entry in a dry run. */
    readonly onEntry?: ((entry: RestoreEntry) => void) | undefined
  }

export interface RestoredSystem extends RestoreResult {
  readonly snapshot: StoredSnapshot
}

/**
 * Writes a snapshot, or a part of it, under a folder, and verifies what it wrote, unless that is not wanted.
 *
 * @throws RedomaError `NOT_FOUND`, `AMBIGUOUS`, `KEY_WRONG`, `REPOSITORY_MISSING`, `PATH_UNSAFE`, `TARGET_FULL`, `TARGET_READ_ONLY`, `REPOSITORY_DAMAGED`, `CANCELLED`
 */
export type RestoreSystem = (
  access: RepositoryAccess,
  request: RestoreSystemRequest,
  progress: Progress,
  signal: AbortSignal,
) => Promise<RestoredSystem>

export function makeRestoreSystem(deps: SystemRepositoryDeps): RestoreSystem {
  return async (access, request, progress, signal) => {
    using repository = await openRepository({ ...deps, ...access }, signal)
    const snapshot = chooseSnapshot(await listSnapshots(repository, signal), request)
    progress({ kind: 'step', title: request.dryRun ? 'Looking' : 'Restoring', unit: 'bytes' })
    const wanted = { ...request, verify: request.verify ?? true }
    const tellProgress = repositoryProgress(progress)
    const onEvent: OnRepositoryEvent = (event) => {
      if (event.kind === 'entry') request.onEntry?.(event)
      else tellProgress(event)
    }
    const result = await restore(repository, snapshot.id, wanted, onEvent, signal)
    return { ...result, snapshot }
  }
}

/** Newest first, and those that are damaged; and which repository it is that they are in. */
export type ListSnapshots = (
  access: RepositoryAccess,
  signal: AbortSignal,
) => Promise<SnapshotList & { readonly repositoryId: string }>

export function makeListSnapshots(deps: SystemRepositoryDeps): ListSnapshots {
  return async (access, signal) => {
    using repository = await openRepository({ ...deps, ...access }, signal)
    const { snapshots, damaged } = await listSnapshots(repository, signal)
    return {
      snapshots: snapshots.toReversed(),
      // Without a lock one may be forgotten between its listing and its reading: then it is not there, and not damaged.
      damaged: damaged.filter(({ error }) => !isRedomaError(error.cause, 'OBJECT_NOT_FOUND')),
      repositoryId: repository.config.id,
    }
  }
}
