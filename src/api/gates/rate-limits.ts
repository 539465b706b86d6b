import { isIPv6 } from 'node:net'

export interface RateLimits {
  /** What a client may do a second, on the long run. */
  readonly perSecond: number
  /** What it may do at once, having done nothing for a while. */
  readonly burst: number
  /** Clients that are remembered; the one that was quiet for longest is forgotten for a new one. */
  readonly mostClients: number
}

/** How many seconds a client has to wait until it is let in again; 0: it is let in now, and that counts. */
export type SecondsToWait = (client: string) => number

/**
 * A bucket for each client, which fills at one speed.
 *
 * @param now milliseconds on a clock that is never set
 */
export function rateLimits({ perSecond, burst, mostClients }: RateLimits, now: () => number): SecondsToWait {
  const clients = new Map<string, { readonly left: number; readonly at: number }>()
  return (address) => {
    const client = networkOf(address)
    const at = now()
    const known = clients.get(client)
    const filled = known === undefined ? burst : known.left + ((at - known.at) / 1000) * perSecond
    const left = Math.min(burst, filled)
    // To the end of the map: the first one is the one that was quiet for longest.
    clients.delete(client)
    if (clients.size >= mostClients) for (const [oldest] of clients.entries().take(1)) clients.delete(oldest)
    clients.set(client, { left: left < 1 ? left : left - 1, at })
    return left < 1 ? Math.max(1, Math.ceil((1 - left) / perSecond)) : 0
  }
}

/** Who has one address of IPv6 has 2⁶⁴ of them. */
export function networkOf(address: string): string {
  if (!isIPv6(address)) return address
  const [head = '', tail] = address.split('::')
  const before = head === '' ? [] : head.split(':')
  const after = tail === undefined || tail === '' ? [] : tail.split(':')
  const gap = tail === undefined ? [] : Array.from({ length: 8 - before.length - after.length }, () => '0')
  return [...before, ...gap, ...after].slice(0, 4).join(':')
}
