import { RedomaError } from '../../core/errors.ts'
import type { OnRepositoryEvent, Repository } from '../repository.ts'
import type { RestoreRequest, RestoreResult } from './request.ts'

/**
 * Writes a snapshot, or a part of it, under a folder.
 *
 * @throws RedomaError `NOT_FOUND`, `PATH_UNSAFE`, `REPOSITORY_DAMAGED`, `CANCELLED`, and those of the destination
 */
export async function restore(
  repository: Repository,
  snapshotId: string,
  request: RestoreRequest,
  onEvent: OnRepositoryEvent,
  signal: AbortSignal,
): Promise<RestoreResult> {
  signal.throwIfAborted()
  onEvent({ kind: 'progress', files: 0, bytes: 0 })
  throw new RedomaError(
    'INTERNAL',
    `not built yet: ${snapshotId} to ${request.target} from ${repository.prefix}`,
  )
}
