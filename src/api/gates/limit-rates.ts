import { isIPv6 } from 'node:net'
import type { MiddlewareHandler } from 'hono'
import type { ApiEnvironment } from '../contract/route.ts'
import { Refused } from '../problems/refused.ts'

export interface RateLimits {
  /** Requests that a client may make a second, on the long run. */
  readonly perSecond: number
  /** That it may make at once, having made none for a while. */
  readonly burst: number
  /** Clients that are remembered; the one that was quiet for longest is forgotten for a new one. */
  readonly mostClients: number
  /** Milliseconds on a clock that is never set. */
  readonly now: () => number
}

/** Refuses requests of clients that make too many: a bucket each, which fills at one speed. Who is refused is told when the next one will be taken. */
export function limitRates(limits: RateLimits): MiddlewareHandler<ApiEnvironment> {
  const { perSecond, burst, mostClients, now } = limits
  const clients = new Map<string, { readonly left: number; readonly at: number }>()
  return async (context, next) => {
    const client = networkOf(context.get('client') ?? '')
    const at = now()
    const known = clients.get(client)
    const filled = known === undefined ? burst : known.left + ((at - known.at) / 1000) * perSecond
    const left = Math.min(burst, filled)
    // To the end of the map: the first one is the one that was quiet for longest.
    clients.delete(client)
    if (clients.size >= mostClients) for (const [oldest] of clients.entries().take(1)) clients.delete(oldest)
    clients.set(client, { left: left < 1 ? left : left - 1, at })
    if (left < 1) {
      const seconds = String(Math.max(1, Math.ceil((1 - left) / perSecond)))
      throw new Refused(429, 'this address asks too often', { headers: { 'retry-after': seconds } })
    }
    await next()
  }
}

/** Who has one address of IPv6 has 2⁶⁴ of them. */
function networkOf(address: string): string {
  if (!isIPv6(address)) return address
  const [head = '', tail] = address.split('::')
  const before = head === '' ? [] : head.split(':')
  const after = tail === undefined || tail === '' ? [] : tail.split(':')
  const gap = tail === undefined ? [] : Array.from({ length: 8 - before.length - after.length }, () => '0')
  return [...before, ...gap, ...after].slice(0, 4).join(':')
}
