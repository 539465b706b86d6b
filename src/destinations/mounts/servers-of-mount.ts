import { isNetworkFileSystem, type Mount } from './mount-table.ts'

/**
 * Who serves what is mounted, names and addresses, as far as the mount says it; `undefined` of a file system of this machine.
 */
export function serversOfMount({
  type,
  source,
  options,
}: Pick<Mount, 'type' | 'source' | 'options'>): string[] | undefined {
  if (!isNetworkFileSystem(type)) return undefined
  const named = namedHosts(source)
  const addresses = [...options].flatMap(
    (option) => /^(?:addr|mountaddr|ip|mon_addr)=(.+)$/.exec(option)?.[1] ?? [],
  )
  return [...new Set([...named, ...addresses.flatMap(hostsIn)])]
}

/** Of `//host/share`, `https://host/…`, `host:/export`, `[v6]:/…`, `user@host:folder`, `a:6789,b:6789:/`. */
function namedHosts(source: string): string[] {
  const share = /^(?:https?:)?[/\\]{2}(?:[^/\\@]*@)?([^/\\]+)/.exec(source)?.[1]
  if (share !== undefined) return hostsIn(share)
  // What comes last is a path, which can hold anything.
  const hosts = /^((?:\[[^\]]*\]|[^/[\]])+?):(?:\/|[^\d/][^:]*$|$)/.exec(source)?.[1]
  return hosts === undefined ? [] : hostsIn(hosts)
}

/** Of a list with commas, slashes or colons, each with its port, user and network (`@tcp`) or without. */
function hostsIn(list: string): string[] {
  return list.split(/@(?:tcp|o2ib)\d*(?::|$)|[,/]/).flatMap((one) => {
    const word = one.replace(/^[^@]*@/, '')
    const bracketed = /^\[([^\]]+)\]/.exec(word)?.[1]
    // An address of IPv6 without brackets has no port.
    const plain = bracketed ?? (/^[^:]*:\d+$/.test(word) ? word.replace(/:\d+$/, '') : word)
    return plain === '' ? [] : [plain]
  })
}
