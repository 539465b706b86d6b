import { isRedomaError, messageOf, RedomaError, systemCode } from '../core/errors.ts'
import { oneLine } from './plain-words.ts'

/**
 * Does what is given up after so many milliseconds.
 *
 * @param where whom it speaks to, for messages
 * @throws RedomaError those of the work, and `NOTICE_FAILED` for all else; the signal's reason
 */
export async function inTime<T>(
  where: string,
  patienceMs: number,
  signal: AbortSignal,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const deadline = AbortSignal.timeout(patienceMs)
  try {
    return await work(AbortSignal.any([signal, deadline]))
  } catch (error) {
    signal.throwIfAborted()
    if (isRedomaError(error)) throw error
    if (deadline.aborted) throw failed(where, `it has not taken it within ${patienceMs / 1000} s`)
    throw failed(where, wordsOf(error), { hint: hintOn(error), cause: error })
  }
}

export function failed(where: string, why: string, details: object = {}): RedomaError {
  return new RedomaError('NOTICE_FAILED', `${where}: ${why}`, details)
}

export function refused(where: string, why: string, details: object = {}): RedomaError {
  return new RedomaError('NOTICE_REFUSED', `${where}: ${why}`, details)
}

/** Node tries every address of a host, and has no words of its own for all that failed. */
function wordsOf(error: unknown): string {
  const first = error instanceof AggregateError ? (error.errors[0] as unknown) : error
  return oneLine(messageOf(first)).slice(0, 300)
}

const untrusted = /^(UNABLE_TO_|SELF_SIGNED_|DEPTH_ZERO_|CERT_|ERR_TLS_CERT_ALTNAME_INVALID)/

function hintOn(error: unknown): string | undefined {
  // nodemailer gives errors codes of its own.
  const code = (error as { readonly originalCode?: string }).originalCode ?? systemCode(error) ?? ''
  return untrusted.test(code)
    ? 'Its certificate is not trusted: name who vouches for it with --ca, and the host by a name that is in it.'
    : undefined
}
