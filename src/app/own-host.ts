import { BlockList, isIP } from 'node:net'
import type { MachineSelf } from '../ports/machine.ts'

const loopbackNames = /^(.+\.)?localhost$|^localhost\.localdomain$|^ip6-(localhost|loopback)$/

/**
 * Why a host is this machine; `undefined` when nothing says so.
 *
 * @param addresses all that the host has
 */
export function whyOwnHost(
  host: string,
  addresses: readonly string[],
  self: MachineSelf,
): string | undefined {
  const name = plainName(host)
  if (loopbackNames.test(name) || self.names.some((own) => plainName(own) === name))
    return `${host} is a name of this machine`
  const own = ownAddresses(self.addresses)
  const found = addresses.find((address) => isIn(own, address))
  if (found === undefined) return undefined
  return found === host
    ? `${host} is an address of this machine`
    : `${host} is at ${found}, an address of this machine`
}

/** Whether the host is whoever asks, wherever that is: of a server behind a jump host it is the jump host. */
export function isLoopback(host: string, addresses: readonly string[]): boolean {
  return loopbackNames.test(plainName(host)) || addresses.some((address) => isIn(loopback, address))
}

/** The root's dot at the end of a name changes nothing, and neither do capitals. */
function plainName(host: string): string {
  return host.toLowerCase().replace(/\.$/, '')
}

const loopback = listOfLoopback()

/** The unspecified address leads to the loopback, too. */
function listOfLoopback(): BlockList {
  const list = new BlockList()
  list.addSubnet('127.0.0.0', 8, 'ipv4')
  list.addSubnet('0.0.0.0', 8, 'ipv4')
  list.addAddress('::1', 'ipv6')
  list.addAddress('::', 'ipv6')
  return list
}

function ownAddresses(addresses: readonly string[]): BlockList {
  const list = listOfLoopback()
  for (const address of addresses) {
    const plain = withoutScope(address)
    const family = isIP(plain)
    if (family !== 0) list.addAddress(plain, family === 4 ? 'ipv4' : 'ipv6')
  }
  return list
}

/** An IPv4 address that is written as one of IPv6 (`::ffff:127.0.0.1`) is the same. */
function isIn(list: BlockList, address: string): boolean {
  const plain = withoutScope(address)
  const family = isIP(plain)
  return family !== 0 && list.check(plain, family === 4 ? 'ipv4' : 'ipv6')
}

function withoutScope(address: string): string {
  return address.split('%', 1).join('')
}
