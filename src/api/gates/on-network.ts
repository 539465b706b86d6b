import type { BlockList } from 'node:net'
import type { MiddlewareHandler } from 'hono'
import type { ApiEnvironment } from '../contract/route.ts'
import { findClient } from './client-address.ts'
import { knownHosts } from './known-hosts.ts'
import { limitSignIns } from './limit-sign-ins.ts'
import { onlySecure } from './only-secure.ts'

export interface NetworkDeps {
  readonly isOurs: (host: string) => boolean
  readonly proxies: BlockList
  /** Milliseconds on a clock that is never set. */
  readonly now: () => number
}

/** What each request goes through on a listener that others reach, before anybody asks who it is; what an address may ask at all, the listener has seen to. */
export function gatesOnNetwork({ isOurs, proxies, now }: NetworkDeps): MiddlewareHandler<ApiEnvironment>[] {
  return [onlySecure, findClient(proxies), knownHosts(isOurs), limitSignIns(now)]
}
