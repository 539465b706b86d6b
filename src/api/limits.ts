import type { MiddlewareHandler } from 'hono'
import { RedomaError } from '../core/errors.ts'
import type { ApiEnvironment } from './contract/route.ts'
import { Refused } from './problems/refused.ts'

/** Of a request's body. */
const mostBytes = 1024 * 1024

/** An answer begins by then; what takes longer is a run, which answers at once. */
const longestMs = 120_000

/**
 * Who sends more is refused before any of it is read: by HTTP/1.1 a body has its length in front, which Node.js holds it to, or comes in
 * chunks, which nothing of ours sends.
 */
export const boundBodies: MiddlewareHandler = async (context, next) => {
  if (context.req.header('transfer-encoding') !== undefined)
    throw new Refused(411, 'a request says how long it is, by Content-Length')
  if (Number(context.req.header('content-length') ?? 0) > mostBytes)
    throw new RedomaError('LIMIT_EXCEEDED', `the request is longer than ${mostBytes} bytes`)
  await next()
}

/** What a handler still does then goes on to its end: it may have begun to write. */
export function boundTime(milliseconds = longestMs): MiddlewareHandler<ApiEnvironment> {
  return async (context, next) => {
    const late = Promise.withResolvers<never>()
    const timer = setTimeout(() => {
      context.set('isLate', true)
      late.reject(new RedomaError('CANCELLED', `there was no answer within ${milliseconds / 1000} seconds`))
    }, milliseconds)
    try {
      await Promise.race([next(), late.promise])
    } finally {
      clearTimeout(timer)
    }
  }
}
