import { RedomaError, systemCode } from '../../core/errors.ts'

/**
 * What ends the restore and not just one file: the next one would meet it too, and a hundred thousand files listed as failed
 * would hide why. `undefined` for any other error.
 */
export function targetFailure(error: unknown): RedomaError | undefined {
  switch (systemCode(error)) {
    case 'ENOSPC':
    case 'EDQUOT':
      return new RedomaError('TARGET_FULL', 'there is no room left where the restore writes to', {
        hint: 'Free space there and restore again: what is whole already is not written again.',
        cause: error,
      })
    case 'EROFS':
      return new RedomaError('TARGET_READ_ONLY', 'the target is on a file system that is read-only', {
        hint: 'Mount it for writing, or restore to another folder.',
        cause: error,
      })
    case undefined:
    default:
      return undefined
  }
}
