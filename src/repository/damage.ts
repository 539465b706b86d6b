import { isRedomaError, type RedomaError } from '../core/errors.ts'

/** Of a part of the repository that is lost or says nothing, and not of the destination: what else there is can be had. */
export function isDamage(error: unknown): error is RedomaError {
  return isRedomaError(error, 'REPOSITORY_DAMAGED') || isRedomaError(error, 'DATA_DAMAGED')
}
