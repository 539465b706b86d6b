import { type ErrorCode, messageOf, RedomaError } from '../../core/errors.ts'
import type { S3Spec } from '../../ports/destination-spec.ts'
import type { Refusal } from './answers.ts'
import { wireCode } from './exchange.ts'

/** How one try failed. */
export interface FailedTry {
  readonly error: RedomaError
  /** It may pass: worth another try. */
  readonly passes: boolean
}

/** A refusal, and what is known of the moment in which it came. */
export interface Refused {
  readonly status: number
  readonly refusal: Refusal
  /** The store's clock minus ours, in milliseconds. */
  readonly aheadMs: number | undefined
}

type Where = Pick<S3Spec, 'endpoint' | 'bucket' | 'region' | 'lock'>

interface Meaning {
  readonly code: ErrorCode
  /** In words for the operator; absent: the store's own. */
  readonly why?: string
  readonly hint?: string
}

const seeKeys = 'Give the right access key and secret: redoma credential edit.'
const throttled: Meaning = { code: 'DESTINATION_UNREACHABLE', why: 'the store is overloaded' }
const altered: Meaning = {
  code: 'DESTINATION_FAILED',
  why: 'bytes changed on their way to the store',
  hint: 'Something between here and the store damages data: look at the network, a proxy, the memory of this machine.',
}

/** What may be another the next time. */
const passing: Readonly<Record<string, Meaning>> = {
  SlowDown: throttled,
  SlowDownRead: throttled,
  SlowDownWrite: throttled,
  TooManyRequests: throttled,
  ServiceUnavailable: throttled,
  RequestTimeout: { code: 'DESTINATION_UNREACHABLE', why: 'the store waited too long for our bytes' },
  RequestTimeoutException: {
    code: 'DESTINATION_UNREACHABLE',
    why: 'the store waited too long for our bytes',
  },
  InternalError: { code: 'DESTINATION_FAILED' },
  OperationAborted: { code: 'DESTINATION_FAILED' },
  BadDigest: altered,
  XAmzContentSHA256Mismatch: altered,
  IncompleteBody: altered,
}

function lasting(where: Where, { refusal, aheadMs }: Refused): Meaning | undefined {
  const { bucket, endpoint, region, lock } = where
  switch (refusal.code) {
    case 'NoSuchBucket':
      return {
        code: 'DESTINATION_UNREACHABLE',
        why: `there is no bucket ${bucket} at ${endpoint}`,
        hint: 'Make it at the store, or correct its name: Redoma makes none itself.',
      }
    case 'AccessDenied':
    case 'AllAccessDisabled':
      return {
        code: 'DESTINATION_FORBIDDEN',
        why: 'the store refuses this access key what was asked of it',
        hint: `Let its policy allow reading, writing, listing and removing in ${bucket}: see the handbook for the least that is needed.`,
      }
    case 'InvalidAccessKeyId':
      return { code: 'DESTINATION_FORBIDDEN', why: 'the store does not know this access key', hint: seeKeys }
    case 'SignatureDoesNotMatch':
      return {
        code: 'DESTINATION_FORBIDDEN',
        why: 'the secret does not belong to this access key',
        hint: `${seeKeys} A proxy that changes requests looks the same.`,
      }
    case 'ExpiredToken':
    case 'InvalidToken':
    case 'TokenRefreshRequired':
      return { code: 'DESTINATION_FORBIDDEN', why: 'the session of this access key is over', hint: seeKeys }
    case 'UserSuspended':
    case 'AccountProblem':
      return { code: 'DESTINATION_FORBIDDEN', why: 'the account of this access key is suspended' }
    case 'RequestTimeTooSkewed':
      return {
        code: 'DESTINATION_FAILED',
        why: `the clocks differ too much: ${skewIn(aheadMs)}`,
        hint: 'Set the clock of this machine (timedatectl), or that of the store.',
      }
    case 'QuotaExceeded':
    case 'InsufficientStorage':
    case 'XMinioStorageFull':
    case 'XMinioAdminBucketQuotaExceeded':
      return {
        code: 'DESTINATION_FULL',
        why: 'a quota of the store, or the store itself, is full',
        hint: 'Raise the quota of the bucket or its owner, or free space: redoma backup prune.',
      }
    case 'PermanentRedirect':
    case 'AuthorizationHeaderMalformed':
    case 'IllegalLocationConstraintException':
      return {
        code: 'DESTINATION_FAILED',
        why:
          refusal.region === undefined
            ? `the bucket ${bucket} is not in the region ${region}`
            : `the bucket ${bucket} is in the region ${refusal.region}, and was looked for in ${region}`,
        hint: 'Add the destination with its right region and endpoint.',
      }
    case 'InvalidObjectState':
      return {
        code: 'OBJECT_UNREADABLE',
        why: 'it lies in an archive class, and has to be thawed before it can be read',
        hint: 'Thaw it at the store; keep copies in a class that can be read at once.',
      }
    case 'InvalidRequest':
    case 'InvalidBucketState':
    case 'ObjectLockConfigurationNotFoundError':
      if (lock === undefined) return undefined
      return {
        code: 'DESTINATION_FAILED',
        hint: `Does the bucket ${bucket} have object lock? With most stores it has to be made with it.`,
      }
    default:
      return undefined
  }
}

/** The store answered, and did not do it. */
export function refusedTry(doing: string, where: Where, refused: Refused): FailedTry {
  const { status, refusal } = refused
  const known = lasting(where, refused)
  const hoped = passing[refusal.code]
  const meaning = known ?? hoped ?? meaningOf(status)
  const passes =
    known === undefined &&
    (hoped !== undefined || (status >= 500 && status !== 507) || status === 429 || status === 408)
  const said = [`${status}`, refusal.code, printable(refusal.message)].filter((text) => text !== '').join(' ')
  const why = meaning.why === undefined ? said : `${meaning.why} (${said})`
  return { passes, error: new RedomaError(meaning.code, `${doing} failed: ${why}`, { hint: meaning.hint }) }
}

function meaningOf(status: number): Meaning {
  if (status === 507) return { code: 'DESTINATION_FULL', why: 'the store is full' }
  if (status === 401 || status === 403) return { code: 'DESTINATION_FORBIDDEN', hint: seeKeys }
  if (status === 429 || status === 502 || status === 503 || status === 504) return throttled
  return { code: 'DESTINATION_FAILED' }
}

function skewIn(aheadMs: number | undefined): string {
  if (aheadMs === undefined) return 'the store does not say by how much'
  const minutes = Math.round(Math.abs(aheadMs) / 60_000)
  return `that of the store is ${minutes} minutes ${aheadMs < 0 ? 'behind' : 'ahead of'} ours`
}

const giveCa = 'For a private authority, give its certificate to the destination as PEM: --ca FILE.'
const ofTls: Readonly<Record<string, string>> = {
  DEPTH_ZERO_SELF_SIGNED_CERT: giveCa,
  SELF_SIGNED_CERT_IN_CHAIN: giveCa,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: giveCa,
  UNABLE_TO_GET_ISSUER_CERT: giveCa,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: giveCa,
  CERT_HAS_EXPIRED: 'Renew the certificate of the store, or set the clock of this machine.',
  CERT_NOT_YET_VALID: 'Set the clock of this machine.',
  ERR_TLS_CERT_ALTNAME_INVALID: 'Use the host name that is in its certificate.',
}
/** What answers there is no TLS: OpenSSL's words for it help nobody. */
const ofOtherSpeech = new Set(['EPROTO', 'ERR_SSL_WRONG_VERSION_NUMBER', 'ERR_SSL_PACKET_LENGTH_TOO_LONG'])
const ofNames: Readonly<Record<string, string>> = {
  ENOTFOUND: 'Correct the name of the endpoint; a bucket by virtual host needs a name of its own there.',
  ECONNREFUSED: 'Is the store up, and the port right?',
}

/** There was no answer, or not all of it. */
export function brokenTry(doing: string, { endpoint }: Where, cause: unknown): FailedTry {
  if (cause instanceof RedomaError) return { error: cause, passes: false }
  const code = wireCode(cause)
  if (ofOtherSpeech.has(code)) {
    const hint = 'Is its endpoint an http:// one, or the port that of something else?'
    return {
      passes: false,
      error: new RedomaError(
        'DESTINATION_UNREACHABLE',
        `${doing} failed: what answers at ${endpoint} does not speak TLS as we do`,
        { hint, cause },
      ),
    }
  }
  const tls = ofTls[code]
  const hint = tls ?? ofNames[code] ?? 'Is the store up, and the network between here and there?'
  const why =
    tls === undefined ? `no answer from ${endpoint}` : `the certificate of ${endpoint} is not accepted`
  const error = new RedomaError(
    tls === undefined ? 'DESTINATION_UNREACHABLE' : 'CERTIFICATE_REFUSED',
    `${doing} failed: ${why}: ${printable(messageOf(cause)) || code}`,
    { hint, cause },
  )
  return { error, passes: tls === undefined }
}

/** What strangers say, fit for a log. */
function printable(text: string): string {
  return text.replaceAll(/[^\x20-\x7e]+/g, ' ').slice(0, 200)
}
