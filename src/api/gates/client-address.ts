import { type BlockList, isIP, isIPv6 } from 'node:net'
import type { MiddlewareHandler } from 'hono'
import type { ApiEnvironment } from '../contract/route.ts'

/** More proxies than that stand behind each other nowhere. */
const mostHops = 16

/**
 * Finds out whose request it is: who is at the other end of the connection, or who a trusted proxy says was at the other end of its own. What anybody else
 * says in `X-Forwarded-For` counts for nothing.
 */
export function findClient(proxies: BlockList): MiddlewareHandler<ApiEnvironment> {
  return async (context, next) => {
    const peer = plainAddress(context.env.incoming?.socket.remoteAddress ?? '')
    context.set('client', clientOf(peer, context.req.header('x-forwarded-for'), proxies))
    await next()
  }
}

/** From the right: each proxy adds at the end whom it saw, and what stands before the first that is not ours, anybody may have written. */
export function clientOf(peer: string, forwarded: string | undefined, proxies: BlockList): string {
  let client = peer
  const hops = (forwarded ?? '').split(',').slice(-mostHops).reverse()
  for (const hop of hops) {
    if (!isAmong(proxies, client)) return client
    const named = plainAddress(hop.trim())
    if (isIP(named) === 0) return client
    client = named
  }
  return client
}

export function isAmong(list: BlockList, address: string): boolean {
  return isIP(address) !== 0 && list.check(address, isIPv6(address) ? 'ipv6' : 'ipv4')
}

/** An IPv4 address is the same whether it came over a socket of IPv6 or not; a zone says nothing of who it is. */
export function plainAddress(address: string): string {
  const [bare = ''] = address.replace(/^\[(.*)\](?::\d+)?$/, '$1').split('%')
  return /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(bare)?.[1] ?? bare.toLowerCase()
}
