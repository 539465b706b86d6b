import { type ErrorCode, messageOf, RedomaError, systemCode } from '../../core/errors.ts'

interface Meaning {
  readonly code: ErrorCode
  readonly hint: string
}

const full: Meaning = { code: 'DESTINATION_FULL', hint: 'Free space at the destination, or raise its quota.' }
const readOnly: Meaning = {
  code: 'DESTINATION_READ_ONLY',
  hint: 'Mount the destination for writing; a disk with errors is remounted read-only by the kernel.',
}
const unreachable: Meaning = {
  code: 'DESTINATION_UNREACHABLE',
  hint: 'Is the destination mounted, and is its server up?',
}
const forbidden: Meaning = {
  code: 'DESTINATION_FAILED',
  hint: 'Give the user that Redoma runs as read and write permission to the folder and all in it.',
}
const failing: Meaning = {
  code: 'DESTINATION_FAILED',
  hint: 'The disk or the share fails: see the kernel log, and copy what is there to another one before anything else.',
}

/** What the system's codes mean for a destination; whatever is not listed is `DESTINATION_FAILED`. */
const meanings: Readonly<Record<string, Meaning>> = {
  ENOSPC: full,
  EDQUOT: full,
  EROFS: readOnly,
  EIO: failing,
  EACCES: forbidden,
  EPERM: forbidden,
  // Raised by CIFS and NFS mounts whose server is gone, and by disks that were pulled.
  ESTALE: unreachable,
  ENOTCONN: unreachable,
  EHOSTDOWN: unreachable,
  EHOSTUNREACH: unreachable,
  ECONNABORTED: unreachable,
  ECONNRESET: unreachable,
  ETIMEDOUT: unreachable,
  ENODEV: unreachable,
  ENXIO: unreachable,
}

/** Runs one system call on the destination; what it throws becomes a `RedomaError`. */
export async function calling<T>(doing: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call()
  } catch (error) {
    throw destinationFailure(doing, error)
  }
}

export function destinationFailure(doing: string, error: unknown): RedomaError {
  if (error instanceof RedomaError) return error
  const meaning = meanings[systemCode(error) ?? '']
  return new RedomaError(meaning?.code ?? 'DESTINATION_FAILED', `${doing} failed: ${messageOf(error)}`, {
    hint: meaning?.hint,
    cause: error,
  })
}
