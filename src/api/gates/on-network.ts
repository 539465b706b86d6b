import type { BlockList } from 'node:net'
import type { MiddlewareHandler } from 'hono'
import type { ApiEnvironment } from '../contract/route.ts'
import { findClient } from './client-address.ts'
import { knownHosts } from './known-hosts.ts'
import { limitRates, type RateLimits } from './limit-rates.ts'
import { limitSignIns } from './limit-sign-ins.ts'
import { onlySecure } from './only-secure.ts'

export interface NetworkDeps {
  readonly isOurs: (host: string) => boolean
  readonly proxies: BlockList
  /** Milliseconds on a clock that is never set. */
  readonly now: () => number
  /** Absent: what is usual. */
  readonly limits?: Omit<RateLimits, 'now'> | undefined
}

/** A person and a console ask a few dozen at once, a script that pages a few a second. */
const usualLimits = { perSecond: 20, burst: 200, mostClients: 10_000 }

/** What each request goes through on a listener that others reach, before anybody asks who it is. */
export function gatesOnNetwork(deps: NetworkDeps): MiddlewareHandler<ApiEnvironment>[] {
  const { isOurs, proxies, now, limits = usualLimits } = deps
  return [
    onlySecure,
    findClient(proxies),
    limitRates({ ...limits, now }),
    knownHosts(isOurs),
    limitSignIns(now),
  ]
}
