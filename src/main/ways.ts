import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Reach, RemarksOn } from '../app/target.ts'
import { messageOf, RedomaError } from '../core/errors.ts'
import { wait } from '../core/wait.ts'
import type { Expectation } from '../destinations/in-child/held-root.ts'
import { onDemand } from '../destinations/on-demand.ts'
import { withFigures } from '../destinations/with-figures.ts'
import type { Clock } from '../ports/clock.ts'
import type { Destination } from '../ports/destination.ts'
import type { DestinationFigures } from '../ports/destination-figures.ts'
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

/** The ways to destinations: one to each place, made when it is first asked for, and closed with the rest. */
export interface Ways extends AsyncDisposable {
  readonly reach: Reach
  /** What its kind has to say, and what the connection to it has found until now. */
  readonly remarksOn: RemarksOn
  /**
   * For probes, which must not be held whatever a disk does: file work in a folder of this machine is done in a process of its own, too, and
   * nothing is tried again, limited or counted.
   */
  readonly reachApart: Reach
  /** What went over each until now. */
  figures(): readonly WayFigures[]
}

export interface WayFigures {
  readonly location: string
  readonly figures: DestinationFigures
}

export interface WaysDeps extends LoginDeps {
  /** The instance's folder. */
  readonly home: string
  readonly clock: Clock
  readonly ownEnvironment: Settings['ownEnvironment']
}

/** Where ways that have something to say leave it. */
type Making = WaysDeps & { readonly remarks: Map<string, () => readonly string[]> }

const idleMs = 60_000
const nowMs = (): number => performance.now()
/** Of a share whose server starts anew. A run goes on with the next destination rather than wait for long. */
const patience = { tries: 4, totalMs: 60_000 }

export function openWays(deps: WaysDeps): Ways {
  const open = new Map<string, Promise<Destination>>()
  const counting: { readonly location: string; readonly figures: () => DestinationFigures }[] = []

  /** Of rsync alone, by the place: which side cannot sync is known when both have spoken. */
  const remarks = new Map<string, () => readonly string[]>()

  async function makeCounted(spec: DestinationSpec): Promise<Destination> {
    const counted = withFigures(await makeLimited({ ...deps, remarks }, spec), nowMs)
    counting.push({ location: locationOf(spec), figures: counted.figures })
    return counted.destination
  }

  function once(key: string, make: () => Promise<Destination>): Promise<Destination> {
    const way = open.get(key) ?? make()
    open.set(key, way)
    return way
  }

  return {
    // What changed of it (a credential, a limit) is another way to the same place.
    reach: (spec) => once(JSON.stringify(spec), () => makeCounted(spec)),
    reachApart: (spec) =>
      once(`apart ${JSON.stringify(spec)}`, async () => connecting({ ...deps, remarks }, spec)),
    async remarksOn(spec) {
      if (spec.kind !== 's3') return remarks.get(JSON.stringify(spec))?.() ?? []
      const { remarksOnS3 } = await import('../destinations/s3/s3-destination.ts')
      return remarksOnS3(spec)
    },
    figures: () => counting.map(({ location, figures }) => ({ location, figures: figures() })),
    async [Symbol.asyncDispose]() {
      await Promise.all([...open.values()].map(close))
    },
  }
}

async function makeLimited(deps: Making, spec: DestinationSpec): Promise<Destination> {
  const way = await makeWay(deps, spec)
  if (spec.uploadLimit === undefined && spec.downloadLimit === undefined) return way
  const { withBandwidth } = await import('../destinations/with-bandwidth.ts')
  return withBandwidth(way, spec, { nowMs, wait })
}

async function makeWay(deps: Making, spec: DestinationSpec): Promise<Destination> {
  if (spec.kind === 'local' && spec.mountPoint === undefined) {
    const { reachLocal } = await import('./reach-local.ts')
    return reachLocal(spec.path, deps.clock)
  }
  const way = connecting(deps, spec)
  return spec.kind === 'rsync' || spec.kind === 's3' ? way : withPatience(way)
}

function connecting(deps: Making, spec: DestinationSpec): Destination {
  switch (spec.kind) {
    case 'local': {
      const { path, mountPoint } = spec
      return reconnecting(() => workIn(deps, { path, mountPoint }))
    }
    case 'rsync':
      return onDemand({ connect: () => connectRsync(deps, spec), idleMs }, ['readInto'])
    case 's3':
      return onDemand({ connect: () => connectS3(deps, spec), idleMs }, [])
    case 'cifs':
    case 'nfs':
      return reconnecting((signal) => connectMount(deps, spec, signal))
  }
}

function reconnecting(connect: (signal: AbortSignal) => ReturnType<typeof workIn>): Destination {
  return onDemand({ connect, idleMs, reconnects: true }, ['readInto', 'space'])
}

/** The other kinds try again by themselves: they know more of what failed. */
async function withPatience(destination: Destination): Promise<Destination> {
  const { withRetry } = await import('../destinations/with-retry.ts')
  return withRetry(destination, { wait, random: Math.random, nowMs }, patience)
}

async function connectMount(deps: WaysDeps, spec: CifsSpec | NfsSpec, signal: AbortSignal) {
  const { mountPlace } = await import('../destinations/mounts/mount-place.ts')
  const place = await mountPlace(spec, {
    folder: join(deps.home, 'run', 'mounts', nameOf(spec)),
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
async function workIn({ clock, ownEnvironment }: WaysDeps, expected: Expectation) {
  const { inChildDestination } = await import('../destinations/in-child/in-child-destination.ts')
  const { thisNode } = await import('../destinations/in-child/child.ts')
  const { withSecondReading } = await import('../destinations/second-reading.ts')
  return withSecondReading(inChildDestination({ expected, node: thisNode(ownEnvironment), clock }))
}

async function connectRsync({ home, clock, remarks }: Making, spec: RsyncSpec) {
  const { rsyncDestination } = await import('../destinations/rsync/rsync-destination.ts')
  const { ownSshKey } = await import('../destinations/rsync/own-key.ts')
  const { path: keyPath } = await ownSshKey(home)
  const spoolFolder = join(home, 'run', 'rsync', nameOf(spec))
  const destination = await rsyncDestination(spec, { clock, spoolFolder, keyPath })
  remarks.set(JSON.stringify(spec), () => destination.remarks())
  return destination
}

/** Of a folder for what belongs to a place, the same for all processes. */
function nameOf(spec: DestinationSpec): string {
  return createHash('sha256').update(locationOf(spec)).digest('hex').slice(0, 16)
}

async function connectS3(deps: WaysDeps, spec: S3Spec) {
  const { s3Destination } = await import('../destinations/s3/s3-destination.ts')
  const ca = spec.caFile === undefined ? {} : { ca: await readCa(spec.caFile) }
  return s3Destination(spec, {
    ...ca,
    clock: deps.clock,
    credentials: () => s3KeysFor(deps, spec),
    wait,
    random: Math.random,
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

/** What could not be reached has nothing to be closed. */
async function close(way: Promise<Destination>): Promise<void> {
  const destination = await way.catch(() => undefined)
  if (destination !== undefined && isDisposable(destination)) await destination[Symbol.asyncDispose]()
}

function isDisposable(destination: Destination): destination is Destination & AsyncDisposable {
  return Symbol.asyncDispose in destination
}
