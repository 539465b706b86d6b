import type { MiddlewareHandler } from 'hono'
import type { ApiEnvironment } from '../contract/route.ts'
import { Refused } from '../problems/refused.ts'

/**
 * Answers who asks for a name that is ours, and nobody else: a page that somebody's browser shows must not reach this listener by a name of its own
 * that leads here (DNS rebinding). Without a port: it says nothing of who asks.
 *
 * @param isOurs of a name in small letters, or an address without brackets
 */
export function knownHosts(isOurs: (host: string) => boolean): MiddlewareHandler<ApiEnvironment> {
  return async (context, next) => {
    // From the Host header; where a request names all of its address, which counts before the header (RFC 9112, 3.2.2), from that.
    const host = new URL(context.req.url).hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '')
    if (!isOurs(host)) throw new Refused(421, 'this is not a name of this instance')
    await next()
  }
}
