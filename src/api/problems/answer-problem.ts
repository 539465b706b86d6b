import type { Context } from 'hono'
import { HTTPException } from 'hono/http-exception'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import type { ZodError } from 'zod'
import { isRedomaError, messageOf, RedomaError, systemCode } from '../../core/errors.ts'
import type { Log } from '../../ports/log.ts'
import { type Problem, problemType } from '../contract/problem.ts'
import type { ApiEnvironment } from '../contract/route.ts'
import { phraseOf } from './phrases.ts'
import { Refused } from './refused.ts'
import { statusOfCode } from './status-of-code.ts'

/** Of one in the log, in characters: none of ours is longer. */
const mostOfPath = 200

/**
 * The answer for whatever was thrown. What is not one of our errors says nothing of itself: its message may be anybody's. The log has
 * it, under the request's id.
 */
export function answerProblem(context: Context<ApiEnvironment>, thrown: unknown, log: Log): Response {
  const requestId = context.get('requestId')
  const error = ours(thrown)
  const status = error instanceof Refused ? error.status : statusOfCode[error.code]
  // What is refused since there is too much to do would fill the log with what strangers ask.
  if (status >= 500 && !(error instanceof Refused)) {
    const { method, path } = context.req
    log.error('request failed', {
      requestId,
      method,
      path: path.slice(0, mostOfPath),
      code: error.code,
      why: messageOf(thrown),
    })
  }
  const problem = problemOf(error, status, requestId)
  const headers = { 'content-type': problemType, ...headersOf(error) }
  return context.body(JSON.stringify(problem), status, headers)
}

function headersOf(error: RedomaError): Readonly<Record<string, string>> {
  if (error instanceof Refused) return error.headers
  // RFC 9110, 15.5.2. Of the ways to say who asks, a browser must not ask people for one by itself.
  return error.code === 'NOT_SIGNED_IN' ? { 'www-authenticate': 'Bearer' } : {}
}

function problemOf(error: RedomaError, status: ContentfulStatusCode, requestId: string): Problem {
  const { code, message, hint } = error
  const errors = error instanceof Refused && error.errors.length > 0 ? [...error.errors] : undefined
  return {
    type: `urn:redoma:problem:${code}`,
    title: phraseOf(status),
    status,
    detail: message,
    code,
    ...(hint === undefined ? {} : { hint }),
    ...(errors === undefined ? {} : { errors }),
    requestId,
  }
}

function ours(thrown: unknown): RedomaError {
  if (isRedomaError(thrown)) return thrown
  // Of the framework, before a handler of ours was called: a body that is no JSON.
  if (thrown instanceof HTTPException && thrown.status < 500)
    return new Refused(thrown.status, phraseOf(thrown.status))
  if (thrown instanceof Error && thrown.name === 'AbortError')
    return new RedomaError('CANCELLED', 'this was stopped before it was done')
  const system = systemCode(thrown)
  if (system !== undefined && /^E[A-Z]+$/.test(system))
    return new RedomaError('FILE_FAILED', `the system refused something (${system})`, { cause: thrown })
  return new RedomaError('INTERNAL', 'this is a fault of Redoma; its log has more of it', { cause: thrown })
}

/** For a request that does not fit its schema. */
export function misshapen(target: string, error: ZodError): Refused {
  const errors = error.issues.slice(0, 20).map(({ path, message }) => ({
    pointer: ['', target, ...path].map((part) => pointed(String(part))).join('/'),
    detail: message,
  }))
  return new Refused(400, 'the request does not fit what is documented', { errors })
}

function pointed(part: string): string {
  return part.replaceAll('~', '~0').replaceAll('/', '~1')
}
