import type { DestinationSpec, LocalSpec, RsyncSpec, S3Spec } from '../ports/destination-spec.ts'
import type { Machine } from '../ports/machine.ts'
import { isWithin } from './is-within.ts'
import { isLoopback, whyOwnHost } from './own-host.ts'
import { localFolders } from './system-repository.ts'

/**
 * Why a destination is on this machine, by its addresses and mounts; `undefined` when they do not say so. Nothing is written, and of
 * servers nothing is asked but whether what they serve is still there.
 *
 * @throws RedomaError `DESTINATION_UNREACHABLE`
 */
export type OnThisMachine = (spec: DestinationSpec, signal: AbortSignal) => Promise<string | undefined>

export function makeOnThisMachine(machine: Machine): OnThisMachine {
  return (spec, signal) => {
    switch (spec.kind) {
      case 'local':
        return whyLocal(machine, spec, signal)
      case 'cifs':
      case 'nfs':
        return whyOneOf(machine, [spec.host])
      case 'rsync':
        return whyServer(machine, spec)
      case 's3':
        return whyOneOf(machine, hostsOf(spec))
    }
  }
}

async function whyLocal(machine: Machine, spec: LocalSpec, signal: AbortSignal): Promise<string | undefined> {
  const { mountPoint } = spec
  for (const folder of localFolders(spec)) {
    // Without its mount it is refused anyway, in words of its own.
    if (mountPoint !== undefined && isWithin(folder, mountPoint) && !(await machine.isMounted(mountPoint)))
      continue
    const under = await machine.fileSystemOf(folder, signal)
    if (under === undefined) continue
    const { type, source, servers } = under
    if (servers === undefined) return `${folder} lies on ${source} (${type}), which is this machine's own`
    const why = await whyOneOf(machine, servers)
    if (why !== undefined) return `${folder} lies on ${source} (${type}), and ${why}`
  }
  return undefined
}

async function whyOneOf(machine: Machine, hosts: readonly string[]): Promise<string | undefined> {
  const self = machine.self()
  for (const host of hosts) {
    const why = whyOwnHost(host, await machine.addressesOf(host), self)
    if (why !== undefined) return why
  }
  return undefined
}

/** Behind a jump host, `localhost` is the jump host. */
async function whyServer(machine: Machine, { host, jump }: RsyncSpec): Promise<string | undefined> {
  if (jump === undefined || !isLoopback(host, await machine.addressesOf(host)))
    return whyOneOf(machine, [host])
  return whyOneOf(machine, [hostOfJump(jump)])
}

/** Of `USER@HOST`, `USER@HOST:PORT` or `USER@[HOST]:PORT`. */
export function hostOfJump(jump: string): string {
  return jump
    .replace(/^[^@]*@/, '')
    .replace(/:\d+$/, '')
    .replace(/^\[(.*)\]$/, '$1')
}

function hostsOf({ endpoint, bucket, style }: S3Spec): string[] {
  const host = new URL(endpoint).hostname.replace(/^\[(.*)\]$/, '$1')
  return style === 'virtual' ? [host, `${bucket}.${host}`] : [host]
}
