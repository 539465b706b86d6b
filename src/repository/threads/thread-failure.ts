import { type ErrorCode, messageOf, RedomaError } from '../../core/errors.ts'

/** An error as it crosses from one thread to another: classes do not survive that. */
export interface ThreadFailure {
  readonly kind: 'failed'
  readonly code: ErrorCode
  readonly message: string
  readonly hint: string | undefined
}

export function failureOf(error: unknown): ThreadFailure {
  if (error instanceof RedomaError) {
    return { kind: 'failed', code: error.code, message: error.message, hint: error.hint }
  }
  const stack = error instanceof Error ? error.stack : undefined
  return { kind: 'failed', code: 'INTERNAL', message: stack ?? messageOf(error), hint: undefined }
}

export function errorOf(failure: ThreadFailure): RedomaError {
  return new RedomaError(failure.code, failure.message, { hint: failure.hint })
}
