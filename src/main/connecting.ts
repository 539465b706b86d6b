import { createHash } from 'node:crypto'
import { readFile, rmdir } from 'node:fs/promises'
import { join } from 'node:path'
import { messageOf, RedomaError } from '../core/errors.ts'
import type { ShownCertificate, TellShown } from '../core/shown-certificate.ts'
import { wait } from '../core/wait.ts'
import type { Expectation } from '../destinations/in-child/held-root.ts'
import { onDemand } from '../destinations/on-demand.ts'
import type { Clock } from '../ports/clock.ts'
import type { Destination } from '../ports/destination.ts'
import {
  type CifsSpec,
  type DestinationSpec,
  locationOf,
  type NfsSpec,
  type RsyncSpec,
  type S3Spec,
} from '../ports/destination-spec.ts'
import { type LoginDeps, loginOf, s3KeysFor } from './logins.ts'
import type { Settings } from './settings.ts'

export interface ConnectingDeps extends LoginDeps {
  /** The instance's folder. */
  readonly home: string
  /** Where shares are mounted. */
  readonly mountsFolder: string
  readonly clock: Clock
  readonly ownEnvironment: Settings['ownEnvironment']
  /** Where connections that have something to say leave it, by their spec. */
  readonly remarks: Map<string, () => readonly string[]>
  /** Where connections leave what the server has shown of itself, by its address. */
  readonly certificates: Map<string, ShownCertificate>
  /** Is told of each try that failed and is followed by another, by kinds that try again themselves. */
  readonly onRetry?: () => void
}

const idleMs = 60_000

/** The destination that a spec describes: connected to when it is used, but for what is on a disk of this machine. */
export function connecting(deps: ConnectingDeps, spec: DestinationSpec): Destination {
  switch (spec.kind) {
    case 'local': {
      const { path, mountPoint } = spec
      return reconnecting(() => workIn(deps, { path, mountPoint }))
    }
    case 'rsync':
      return onDemand({ connect: () => connectRsync(deps, spec), idleMs }, ['readInto'])
    case 's3':
      return onDemand(
        { connect: () => connectS3({ ...deps, onCertificate: leavingIn(deps, spec) }, spec), idleMs },
        [],
      )
    case 'cifs':
    case 'nfs':
      return reconnecting((signal) => connectMount(deps, spec, signal))
  }
}

function reconnecting(connect: (signal: AbortSignal) => ReturnType<typeof workIn>): Destination {
  return onDemand({ connect, idleMs, reconnects: true }, ['readInto', 'space'])
}

async function connectMount(deps: ConnectingDeps, spec: CifsSpec | NfsSpec, signal: AbortSignal) {
  const { mountPlace } = await import('../destinations/mounts/mount-place.ts')
  const place = await mountPlace(spec, {
    folder: join(deps.mountsFolder, nameOf(spec)),
    credential: () => loginOf(deps, spec),
    signal,
  })
  const inner = await workIn(deps, place)
  return {
    ...inner,
    // In this order: its process holds the mount.
    async [Symbol.asyncDispose]() {
      await inner[Symbol.asyncDispose]()
      await place[Symbol.asyncDispose]()
    },
  }
}

/** In a process of its own: a file system whose server is gone may never answer. */
async function workIn({ clock, ownEnvironment }: ConnectingDeps, expected: Expectation) {
  const { inChildDestination } = await import('../destinations/in-child/in-child-destination.ts')
  const { thisNode } = await import('../destinations/in-child/child.ts')
  const { withSecondReading } = await import('../destinations/second-reading.ts')
  return withSecondReading(inChildDestination({ expected, node: thisNode(ownEnvironment), clock }))
}

async function connectRsync({ home, clock, remarks }: ConnectingDeps, spec: RsyncSpec) {
  const { rsyncDestination } = await import('../destinations/rsync/rsync-destination.ts')
  const { ownSshKey } = await import('../destinations/rsync/own-key.ts')
  const { path: keyPath } = await ownSshKey(home)
  const spoolFolder = join(home, 'run', 'rsync', nameOf(spec))
  const destination = await rsyncDestination(spec, { clock, spoolFolder, keyPath })
  remarks.set(JSON.stringify(spec), () => destination.remarks())
  return {
    ...destination,
    async [Symbol.asyncDispose]() {
      await destination[Symbol.asyncDispose]()
      // Unless another process has a spool in it.
      await rmdir(spoolFolder).catch(() => undefined)
    },
  }
}

/** Of a folder for what belongs to a place, the same for all processes. */
function nameOf(spec: DestinationSpec): string {
  return createHash('sha256').update(locationOf(spec)).digest('hex').slice(0, 16)
}

function leavingIn({ certificates }: ConnectingDeps, { endpoint }: S3Spec): TellShown {
  return (shown) => void certificates.set(endpoint, shown)
}

export async function connectS3(
  deps: LoginDeps & Pick<ConnectingDeps, 'clock' | 'onRetry'> & { readonly onCertificate?: TellShown },
  spec: S3Spec,
): Promise<Destination & AsyncDisposable> {
  const { s3Destination } = await import('../destinations/s3/s3-destination.ts')
  const ca = spec.caFile === undefined ? {} : { ca: await readCa(spec.caFile) }
  return s3Destination(spec, {
    ...ca,
    clock: deps.clock,
    credentials: () => s3KeysFor(deps, spec),
    wait,
    random: Math.random,
    ...(deps.onCertificate === undefined ? {} : { onCertificate: deps.onCertificate }),
    ...(deps.onRetry === undefined ? {} : { onRetry: deps.onRetry }),
  })
}

async function readCa(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    throw new RedomaError('FILE_FAILED', `the authority's certificate cannot be read: ${messageOf(error)}`, {
      cause: error,
    })
  }
}
