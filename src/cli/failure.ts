import { type ErrorCode, isRedomaError, messageOf, systemCode } from '../core/errors.ts'
import { type ExitCode, exitCodeFor, exitCodes } from './exit-codes.ts'
import { printable } from './printable.ts'
import type { Style } from './style.ts'

/** What a person is told about an error: what happened, why, what to do. */
export interface Failure {
  readonly error: string
  readonly why?: string | undefined
  readonly try?: string | undefined
}

export function describeFailure(error: unknown): Failure {
  if (!isRedomaError(error)) {
    const system = systemCode(error) !== undefined
    return {
      error: messageOf(error),
      try: system ? undefined : 'This is a fault of Redoma. REDOMA_DEBUG=1 shows where it happened.',
    }
  }
  const cause = error.cause === undefined ? undefined : messageOf(error.cause)
  const saysMore = cause !== undefined && !error.message.includes(cause)
  return {
    error: error.message,
    why: saysMore ? cause : undefined,
    try: error.hint ?? usualAdvice[error.code],
  }
}

/** At most three lines, whatever was thrown. */
export function failureLines(failure: Failure, style: Style): string[] {
  const line = (word: string, text: string | undefined): string[] =>
    text === undefined || text === '' ? [] : [`${word} ${printable(text)}`]
  return [
    ...line(style.bold(style.red('error:')), failure.error),
    ...line(style.dim('why:  '), failure.why),
    ...line(style.dim('try:  '), failure.try),
  ]
}

export function exitCodeOf(error: unknown): ExitCode {
  if (isRedomaError(error)) return exitCodeFor(error.code)
  return error instanceof Error && error.name === 'AbortError' ? exitCodes.interrupted : exitCodes.failed
}

/** For errors that carry no advice of their own. */
const usualAdvice: Partial<Readonly<Record<ErrorCode, string>>> = {
  INSTANCE_MISSING: 'redoma init',
  INSTANCE_KEY_WRONG: 'Put the instance.key of this instance back into its folder.',
  KEY_WRONG: 'Capitals, blanks and the keyboard layout count; generations have passwords of their own.',
  CEREMONY_MISSING: 'redoma glass ceremony --out DIR',
  DESTINATION_FULL: 'Free space there, then run the backup again.',
  RUN_UNDER_WAY: 'Wait until it has ended; redoma backup list shows it.',
}
