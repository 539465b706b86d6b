import { RedomaError } from '../core/errors.ts'
import type { Repository, RepositoryPlace } from './repository.ts'

/**
 * Makes an empty repository.
 *
 * @throws RedomaError `ALREADY_EXISTS`, and those of the destination
 */
export async function initRepository(place: RepositoryPlace, signal: AbortSignal): Promise<Repository> {
  return openRepository(place, signal)
}

/** @throws RedomaError `REPOSITORY_MISSING`, `KEY_WRONG`, `REPOSITORY_DAMAGED`, and those of the destination */
export async function openRepository(place: RepositoryPlace, signal: AbortSignal): Promise<Repository> {
  signal.throwIfAborted()
  throw new RedomaError('REPOSITORY_MISSING', `there is no repository at ${place.prefix}`)
}
