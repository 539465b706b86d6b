import { createHash } from 'node:crypto'
import type { MiddlewareHandler } from 'hono'
import { Secret } from '../../core/secret.ts'
import type { KeptAnswer } from '../../ports/kept-answers.ts'
import type { Principal } from '../access/principal.ts'
import type { ApiEnvironment } from '../contract/route.ts'
import type { ApiDeps } from '../deps.ts'
import { Refused } from '../problems/refused.ts'

const dayMs = 86_400_000
const keyForm = /^[\x21-\x7e]{1,255}$/
const keptHeaders = ['content-type', 'location', 'etag']

/**
 * Does a POST with an `Idempotency-Key` once: sent again within a day, it is answered as it was. Only what was done is kept; what failed
 * may be tried again under its key, and so may what was answered with something that is shown once.
 */
export function doOnce({ instance: { catalogue }, clock }: ApiDeps): MiddlewareHandler<ApiEnvironment> {
  const underWay = new Set<string>()
  return async (context, next) => {
    const key = context.req.header('idempotency-key')
    if (context.req.method !== 'POST' || key === undefined) return next()
    if (!keyForm.test(key))
      throw new Refused(400, 'an Idempotency-Key has 1 to 255 visible characters of ASCII')
    const route = `POST ${context.req.path}`
    const { search } = new URL(context.req.url)
    const mark = markOf(context.get('principal'), search, await context.req.text())
    const at = clock.now()
    const since = new Date(at.getTime() - dayMs)
    const { keptAnswers } = catalogue
    const claim = await keptAnswers.claim({ key, route, mark, at, since })
    switch (claim.kind) {
      case 'answered':
        return answered(claim.answer)
      case 'taken':
        throw new Refused(422, 'this Idempotency-Key was used for another request')
      case 'unanswered':
        throw unanswered(underWay.has(key))
      case 'new':
        break
    }
    underWay.add(key)
    try {
      await next()
      // What was answered is not what became of it: nobody may take it for something that can be done again.
      if (context.get('isLate') === true) return undefined
      const { status, headers } = context.res
      if (status >= 200 && status < 300 && context.get('isSecret') !== true) {
        const kept = keptHeaders.flatMap((name) => {
          const value = headers.get(name)
          return value === null ? [] : [[name, value] as const]
        })
        const body = await context.res.clone().text()
        await keptAnswers.keep(key, { status, headers: Object.fromEntries(kept), body })
      } else await keptAnswers.release(key)
    } finally {
      underWay.delete(key)
    }
    return undefined
  }
}

/** Of who asks and what is asked: nobody gets the answer of another by the same key. */
function markOf(principal: Principal | undefined, search: string, body: string): Secret {
  const who = principal === undefined || principal.way === 'socket' ? '' : `${principal.actor}\n`
  // Most have no query, and are marked as they were before it counted.
  const query = search === '' ? '' : `${search}\n`
  return new Secret(createHash('sha256').update(`${who}${query}${body}`).digest('hex'))
}

function answered({ status, headers, body }: KeptAnswer): Response {
  return new Response(body === '' ? null : body, {
    status,
    headers: { ...headers, 'idempotent-replayed': 'true' },
  })
}

function unanswered(isUnderWay: boolean): Refused {
  return isUnderWay
    ? new Refused(409, 'the request with this Idempotency-Key is being done')
    : new Refused(409, 'a request with this Idempotency-Key was begun, and cut off', {
        hint: 'See what has become of it; a new one takes another key.',
      })
}
