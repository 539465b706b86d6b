import { join } from 'node:path'
import { collectBytes } from '../../src/core/bytes.ts'
import {
  type RsyncDeps,
  type RsyncDestination,
  rsyncDestination,
} from '../../src/destinations/rsync/rsync-destination.ts'
import { bodyOf, type Destination, parseObjectName } from '../../src/ports/destination.ts'
import type { RsyncSpec } from '../../src/ports/destination-spec.ts'
import { type SshServer, startSshServer } from './ssh-server.ts'
import { type TemporaryFolder, temporaryFolder } from './temporary-folder.ts'

export interface RsyncWorld extends AsyncDisposable {
  readonly root: string
  readonly server: SshServer
  reach(but?: Partial<RsyncSpec>, deps?: Partial<RsyncDeps>): Promise<RsyncDestination>
}

/** A real server, and destinations there. */
export async function rsyncWorld(
  options: NonNullable<Parameters<typeof startSshServer>[1]> = {},
): Promise<RsyncWorld> {
  const folder: TemporaryFolder = await temporaryFolder()
  const root = folder.path
  const server = await startSshServer(root, options)
  return {
    root,
    server,
    reach: (but = {}, deps = {}) =>
      rsyncDestination(server.spec(but), {
        clock: { now: () => new Date() },
        spoolFolder: join(root, 'spool'),
        keyPath: server.keyPath,
        ...deps,
      }),
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]()
      await folder[Symbol.asyncDispose]()
    },
  }
}

const { signal } = new AbortController()

export function putText(destination: Destination, name: string, text: string): Promise<void> {
  return destination.put(parseObjectName(name), bodyOf(Buffer.from(text)), signal)
}

export async function textAt(destination: Destination, name: string): Promise<string> {
  const bytes = await collectBytes(destination.get(parseObjectName(name), undefined, signal), 1024 ** 2)
  return Buffer.from(bytes).toString()
}

export async function namesAt(destination: Destination, prefix = ''): Promise<string[]> {
  return (await Array.fromAsync(destination.list(prefix, signal), (info) => info.name)).toSorted()
}
