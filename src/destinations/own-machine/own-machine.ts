import { lookup } from 'node:dns/promises'
import { isIP } from 'node:net'
import { hostname, networkInterfaces } from 'node:os'
import { messageOf, RedomaError, systemCode } from '../../core/errors.ts'
import type { FileSystem, Machine } from '../../ports/machine.ts'
import { findMount, mountAt, readMounts } from '../mounts/mount-table.ts'
import { runProgram } from '../mounts/run-program.ts'
import { serversOfMount } from '../mounts/servers-of-mount.ts'
import { findOnDisks } from './find-on-disks.ts'

const answerMs = 20_000
const lookupMs = 10_000
const searchLimits = { milliseconds: 60_000, entries: 5_000_000 }

/** The machine that this runs on, as its kernel and resolver describe it. */
export function ownMachine(): Machine {
  return {
    self: () => ({
      names: [hostname()],
      addresses: Object.values(networkInterfaces()).flatMap((list) =>
        (list ?? []).map(({ address }) => address),
      ),
    }),
    addressesOf,
    fileSystemOf,
    isMounted: async (point) => mountAt(await readMounts(), point) !== undefined,
    findOnDisks: async (name, except, signal) =>
      findOnDisks(name, { mounts: await readMounts(), except, ...searchLimits }, signal),
  }
}

/** As other programs of the system resolve it: `127.1`, a name of `/etc/hosts`, one of the domain's. */
async function addressesOf(host: string): Promise<string[]> {
  if (isIP(host) !== 0) return [host]
  const late = new Promise<[]>((resolve) => {
    setTimeout(resolve, lookupMs, []).unref()
  })
  const found = lookup(host, { all: true }).catch(() => [])
  return (await Promise.race([found, late])).map(({ address }) => address)
}

async function fileSystemOf(path: string, signal: AbortSignal): Promise<FileSystem | undefined> {
  // A thread of this process would hang as long as a server does.
  const end = await runProgram('stat', ['--dereference', '--', path], { milliseconds: answerMs }, signal)
  if (end.why === 'too-long') throw unanswered(path, `it has not answered for ${answerMs / 1000} s`)
  try {
    const mount = await findMount(path)
    return { type: mount.type, source: mount.source, servers: serversOfMount(mount) }
  } catch (error) {
    const code = systemCode(error)
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined
    throw unanswered(path, messageOf(error))
  }
}

function unanswered(path: string, why: string): RedomaError {
  return new RedomaError('DESTINATION_UNREACHABLE', `it cannot be told what ${path} lies on: ${why}`, {
    hint: 'Look whether its server is up, and the mount whole (findmnt).',
  })
}
