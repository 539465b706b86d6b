import { RedomaError } from '../../core/errors.ts'
import type { OnRepositoryEvent, Repository } from '../repository.ts'
import type { BackupRequest, BackupResult } from './request.ts'

/**
 * Makes a snapshot.
 *
 * @throws RedomaError `REPOSITORY_LOCKED`, `SOURCE_UNREADABLE` when none of the paths is there, `CANCELLED`, and those of the destination
 */
export async function backUp(
  repository: Repository,
  request: BackupRequest,
  onEvent: OnRepositoryEvent,
  signal: AbortSignal,
): Promise<BackupResult> {
  signal.throwIfAborted()
  onEvent({ kind: 'progress', files: 0, bytes: 0 })
  throw new RedomaError('INTERNAL', `not built yet: ${request.paths.join(' ')} to ${repository.prefix}`)
}
