/**
 * Every way in which Redoma says that something went wrong. Codes are public: programs and the
 * operator's handbook refer to them, so they are added to and never renamed.
 */
export type ErrorCode =
  /** The words of a command do not fit. */
  | 'USAGE'
  /** The instance's folder holds no instance yet, or one already. */
  | 'INSTANCE_MISSING'
  | 'INSTANCE_EXISTS'
  /** The instance's key is missing, unreadable, or not the one that sealed the catalogue. */
  | 'INSTANCE_KEY_WRONG'
  | 'CATALOGUE_DAMAGED'
  /** The database server with the catalogue does not answer, not in time, or lets nobody in. */
  | 'CATALOGUE_UNREACHABLE'
  /** A named thing (credential, source, destination, run, snapshot, recording …) is not there, is ambiguous, or is there already. */
  | 'NOT_FOUND'
  | 'AMBIGUOUS'
  | 'ALREADY_EXISTS'
  /** Foreign bytes that are not what they claim to be: cut off, altered, or of an unknown kind. */
  | 'DATA_DAMAGED'
  | 'FORMAT_UNKNOWN'
  | 'LIMIT_EXCEEDED'
  /** Password, identity or shares do not open this. */
  | 'KEY_WRONG'
  | 'PASSWORD_WEAK'
  /** By the API: nobody has said who asks, or who asks may not do this. */
  | 'NOT_SIGNED_IN'
  | 'NOT_ALLOWED'
  /** The provider by which users sign in does not answer, or not as it should. */
  | 'PROVIDER_FAILED'
  /** So many at once, or so often, are not looked at: later they are. */
  | 'TOO_OFTEN'
  /** Of the API: it was asked for by a name that is none of this instance, or by a request that does not say how long it is. */
  | 'HOST_UNKNOWN'
  | 'LENGTH_MISSING'
  /** Somebody changed it since it was read, so a change that was decided on then is not made. */
  | 'CHANGED_MEANWHILE'
  /** A second person has to agree to it, and has not yet; or did not. */
  | 'APPROVAL_NEEDED'
  | 'APPROVAL_REFUSED'
  /** No ceremony was held, so there is no recipient to encrypt to. */
  | 'CEREMONY_MISSING'
  /** Another process is backing up this instance. */
  | 'RUN_UNDER_WAY'
  /** A daemon serves this instance already. */
  | 'DAEMON_RUNNING'
  /** The daemon was there and answers no more, or what this program does not understand. */
  | 'DAEMON_FAILED'
  /** Others took this process for dead, and do its work now: what it goes on with would be beside them. */
  | 'LEASE_LOST'
  | 'OBJECT_NOT_FOUND'
  /** It is there, and its bytes cannot be had: a sector of the disk under it is bad. */
  | 'OBJECT_UNREADABLE'
  | 'DESTINATION_UNREACHABLE'
  | 'DESTINATION_FULL'
  | 'DESTINATION_READ_ONLY'
  /** It refuses this user. */
  | 'DESTINATION_FORBIDDEN'
  /** It lies on the instance itself, which is a crypto appliance and may not keep its own copies. */
  | 'DESTINATION_ON_INSTANCE'
  /** A server is not the one whose key was pinned: it was set up anew, or somebody is in between. */
  | 'CERTIFICATE_REFUSED'
  | 'HOST_KEY_CHANGED'
  | 'DESTINATION_FAILED'
  /** What was read back is not what was written. */
  | 'VERIFICATION_FAILED'
  | 'SOURCE_UNREADABLE'
  | 'SOURCE_EMPTY'
  /** It holds far less than it did. */
  | 'SOURCE_SHRUNKEN'
  | 'REPOSITORY_MISSING'
  | 'REPOSITORY_DAMAGED'
  | 'REPOSITORY_LOCKED'
  /** It is another one than the catalogue remembers. */
  | 'REPOSITORY_EXCHANGED'
  /** Rules of retention would leave no snapshot of a host and source. */
  | 'GROUP_EMPTIED'
  /** Others may have taken this process for dead, and work beside it. */
  | 'REPOSITORY_LOCK_LOST'
  /** A path inside a snapshot that would leave the folder restored to. */
  | 'PATH_UNSAFE'
  /** Where a restore writes to: no room is left, or it cannot be written to at all. */
  | 'TARGET_FULL'
  | 'TARGET_READ_ONLY'
  | 'FILE_FAILED'
  | 'PROGRAM_FAILED'
  /** A mail server, a SIEM or a chat did not take a notice: it may later, or never will. */
  | 'NOTICE_FAILED'
  | 'NOTICE_REFUSED'
  | 'CANCELLED'
  /** A fault of Redoma's own. */
  | 'INTERNAL'

export interface ErrorDetails {
  /** What the operator can do about it: one sentence. */
  readonly hint?: string | undefined
  readonly cause?: unknown
}

/** The only error class of Redoma: a code for programs, a message for people, a hint for the operator. */
export class RedomaError extends Error {
  override readonly name = 'RedomaError'
  readonly code: ErrorCode
  readonly hint: string | undefined

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause })
    this.code = code
    this.hint = details.hint
  }
}

/** Whether `error` is one of ours, with this code where one is given. */
export function isRedomaError(error: unknown, code?: ErrorCode): error is RedomaError {
  return error instanceof RedomaError && (code === undefined || error.code === code)
}

/** The system's code (`ENOENT`, `ENOSPC` …) of an error that Node raised. */
export function systemCode(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined
  const { code } = error
  if (typeof code !== 'string') return undefined
  return code.startsWith(namelessCode) ? (linuxNames[code.slice(namelessCode.length)] ?? code) : code
}

/** What Node says of errors for which it has no name, before their number. */
const namelessCode = 'Unknown system error -'

/** Linux' own names (errno(3)) of those that file systems raise; the numbers are the same on every machine that Redoma runs on. */
const linuxNames: Readonly<Record<string, string>> = {
  74: 'EBADMSG',
  116: 'ESTALE',
  117: 'EUCLEAN',
  122: 'EDQUOT',
  126: 'ENOKEY',
  127: 'EKEYEXPIRED',
  128: 'EKEYREVOKED',
  129: 'EKEYREJECTED',
}

/** One line about any thrown value, for a message or a log. */
export function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const { message } = error
  return message.startsWith(namelessCode)
    ? `${systemCode(error) ?? ''}${message.slice(message.indexOf(','))}`
    : message
}
