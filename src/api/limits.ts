import type { MiddlewareHandler } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { RedomaError } from '../core/errors.ts'

/** Of a request's body. */
const mostBytes = 1024 * 1024

/** An answer begins by then; what takes longer is a run, which answers at once. */
const longestMs = 120_000

/** More is refused before it is in memory. */
export function boundBodies(): MiddlewareHandler {
  return bodyLimit({
    maxSize: mostBytes,
    onError: () => {
      throw new RedomaError('LIMIT_EXCEEDED', `the request is longer than ${mostBytes} bytes`)
    },
  })
}

/** What a handler still does then goes on to its end: it may have begun to write. */
export function boundTime(milliseconds = longestMs): MiddlewareHandler {
  return async (_, next) => {
    const late = Promise.withResolvers<never>()
    const timer = setTimeout(() => {
      late.reject(new RedomaError('CANCELLED', `there was no answer within ${milliseconds / 1000} seconds`))
    }, milliseconds)
    try {
      await Promise.race([next(), late.promise])
    } finally {
      clearTimeout(timer)
    }
  }
}
