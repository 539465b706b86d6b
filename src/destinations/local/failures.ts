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
  code: 'DESTINATION_FORBIDDEN',
  hint: 'Give the user that Redoma runs as read and write permission to the folder and all in it.',
}
const noTicket: Meaning = {
  code: 'DESTINATION_FORBIDDEN',
  hint: 'The server wants a Kerberos ticket, and there is none that is valid: look at klist, and at the keytab.',
}
const failing: Meaning = {
  code: 'DESTINATION_FAILED',
  hint: 'The disk or the share fails: see the kernel log, and copy what is there to another one before anything else.',
}

const unreadable: Meaning = { code: 'OBJECT_UNREADABLE', hint: failing.hint }

/** What the system's codes mean for a destination; whatever is not listed is `DESTINATION_FAILED`. */
const meanings: Readonly<Record<string, Meaning>> = {
  ENOSPC: full,
  EDQUOT: full,
  EROFS: readOnly,
  EIO: failing,
  EACCES: forbidden,
  EPERM: forbidden,
  // A ticket of Kerberos that has run out, on NFS or CIFS.
  ENOKEY: noTicket,
  EKEYEXPIRED: noTicket,
  EKEYREVOKED: noTicket,
  EKEYREJECTED: noTicket,
  // Raised by CIFS and NFS mounts whose server is gone, and by disks that were pulled.
  ESTALE: unreachable,
  ENOTCONN: unreachable,
  // Of CIFS, while it makes a lost connection anew: no file of a disk says it of itself.
  EAGAIN: unreachable,
  ECONNREFUSED: unreachable,
  ENETDOWN: unreachable,
  ENETUNREACH: unreachable,
  EPIPE: unreachable,
  EHOSTDOWN: unreachable,
  EHOSTUNREACH: unreachable,
  ECONNABORTED: unreachable,
  ECONNRESET: unreachable,
  ETIMEDOUT: unreachable,
  ENODEV: unreachable,
  ENXIO: unreachable,
}

/** Where they come of reading one file: a bad sector, or damage of the file system just there. */
const meaningsOfReading: Readonly<Record<string, Meaning>> = {
  ...meanings,
  EIO: unreadable,
  ENODATA: unreadable,
  EILSEQ: unreadable,
  EREMOTEIO: unreadable,
  // A checksum of ext4 or XFS that is wrong.
  EBADMSG: unreadable,
  EUCLEAN: unreadable,
}

/** Runs one system call on the destination; what it throws becomes a `RedomaError`. */
export async function calling<T>(
  doing: string,
  call: () => Promise<T>,
  failure = destinationFailure,
): Promise<T> {
  try {
    return await call()
  } catch (error) {
    throw failure(doing, error)
  }
}

export function destinationFailure(doing: string, error: unknown): RedomaError {
  return failureOf(doing, error, meanings)
}

/** Of the reading of one object: others may be whole. */
export function readingFailure(doing: string, error: unknown): RedomaError {
  return failureOf(doing, error, meaningsOfReading)
}

function failureOf(doing: string, error: unknown, means: typeof meanings): RedomaError {
  if (error instanceof RedomaError) return error
  const meaning = means[systemCode(error) ?? '']
  return new RedomaError(meaning?.code ?? 'DESTINATION_FAILED', `${doing} failed: ${messageOf(error)}`, {
    hint: meaning?.hint,
    cause: error,
  })
}
