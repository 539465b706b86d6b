import { type ErrorCode, messageOf, RedomaError } from '../../core/errors.ts'
import { Interrupted } from '../engine.ts'

/** Classes and codes of SQLSTATE (PostgreSQL's documentation, appendix A) that tell the operator something. */
const states: Readonly<Record<string, readonly [ErrorCode, string | undefined]>> = {
  '23505': ['ALREADY_EXISTS', undefined],
  '22021': ['DATA_DAMAGED', 'A text has a NUL character, which PostgreSQL does not keep.'],
  '25006': [
    'CATALOGUE_UNREACHABLE',
    'It is a standby, which is only read from: name the primary in DATABASE_URL.',
  ],
  '28000': [
    'CATALOGUE_UNREACHABLE',
    'See user, password and sslmode in DATABASE_URL, and pg_hba.conf of the server.',
  ],
  '28P01': ['CATALOGUE_UNREACHABLE', 'See user and password in DATABASE_URL.'],
  '3D000': ['CATALOGUE_UNREACHABLE', 'Make it: create database NAME owner USER'],
  '42501': ['CATALOGUE_UNREACHABLE', 'The user in DATABASE_URL has to own the database, or its schema.'],
  '53100': ['CATALOGUE_UNREACHABLE', 'Free space on the disk of the database.'],
  '55P03': ['CATALOGUE_UNREACHABLE', 'Another node writes to it for very long: try again when it has ended.'],
  XX001: ['CATALOGUE_DAMAGED', 'Restore the database, or the catalogue.sqlite of the newest system backup.'],
  XX002: ['CATALOGUE_DAMAGED', 'Rebuild the indexes of the database: REINDEX DATABASE NAME'],
}

const unreachableHint =
  'See that PostgreSQL runs, and that this machine reaches it at what DATABASE_URL names.'

/** What an error of `pg` is to the rest of the program. */
export function explain(error: unknown): unknown {
  if (error instanceof RedomaError) return error
  const known = states[stateOf(error)]
  if (known !== undefined) {
    const [code, hint] = known
    return new RedomaError(code, `the catalogue: ${messageOf(error)}`, { hint, cause: error })
  }
  if (isLost(error) || isPassing(error)) return interrupted(error)
  return isOfTls(error) ? unreachable(error) : error
}

/** Nothing of what was under way has happened. */
function interrupted(error: unknown): RedomaError {
  return unreachable(new Interrupted(messageOf(error), { cause: error }))
}

function unreachable(cause: unknown): RedomaError {
  const message = `the catalogue's database does not answer: ${describe(cause)}`
  return new RedomaError('CATALOGUE_UNREACHABLE', message, { hint: unreachableHint, cause })
}

/** Whether a transaction was committed is not known, and cannot be asked for. */
export function inDoubt(cause: unknown): RedomaError {
  const message = `the catalogue's database does not say whether it has kept the last change: ${describe(cause)}`
  return new RedomaError('CATALOGUE_UNREACHABLE', message, { hint: unreachableHint, cause })
}

/** What this process does counts no more. */
export function leaseLost(): RedomaError {
  return new RedomaError('LEASE_LOST', 'other nodes took this process for dead, and do its work now', {
    hint: 'It was stopped, or cut off from the catalogue, for a minute or longer. Nothing half-done counts; run it again.',
  })
}

/** Node.js tries each address of a name, and says nothing of its own where all fail. */
function describe(error: unknown): string {
  return error instanceof AggregateError ? error.errors.map(messageOf).join('; ') : messageOf(error)
}

/** Whether the connection is gone, or was never made. The server ended it, or something in between did. */
export function isLost(error: unknown): boolean {
  const state = stateOf(error)
  return (
    state.startsWith('08') || lostStates.includes(state) || systemCodes.includes(state) || saysLost(error)
  )
}

/** Whether the same may succeed a moment later on the same connection. */
export function isPassing(error: unknown): boolean {
  return ['40001', '40P01'].includes(stateOf(error))
}

/** Shut down, crashed, starting up, full; ended for a transaction that was idle, as one of a machine that was stopped. */
const lostStates: readonly string[] = ['57P01', '57P02', '57P03', '53300', '25P03', '57P05']

const systemCodes: readonly string[] = [
  ...['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'ENOENT', 'EAI_AGAIN', 'ENOTFOUND'],
  ...['EHOSTUNREACH', 'EHOSTDOWN', 'ENETUNREACH', 'ENETDOWN'],
]

/** What `pg` says without a code. */
function saysLost(error: unknown): boolean {
  return /^(Connection terminated|timeout exceeded|timeout expired|Query read timeout|Client has encountered a connection error|Client was closed)/.test(
    messageOf(error),
  )
}

function isOfTls(error: unknown): boolean {
  return (
    /^(ERR_TLS|ERR_SSL|CERT_|UNABLE_TO|SELF_SIGNED|DEPTH_ZERO)/.test(stateOf(error)) ||
    messageOf(error).includes('does not support SSL')
  )
}

function stateOf(error: unknown): string {
  if (error instanceof AggregateError && !('code' in error)) return stateOf(error.errors[0])
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : ''
}
