import type { Reach, RemarksOn } from '../app/target.ts'
import { wait } from '../core/wait.ts'
import { withFigures } from '../destinations/with-figures.ts'
import type { Destination } from '../ports/destination.ts'
import type { DestinationFigures } from '../ports/destination-figures.ts'
import { type DestinationSpec, locationOf } from '../ports/destination-spec.ts'
import { type ConnectingDeps, connecting } from './connecting.ts'

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

const nowMs = (): number => performance.now()
/** Of a share whose server starts anew. A run goes on with the next destination rather than wait for long. */
const patience = { tries: 4, totalMs: 60_000 }

export function openWays(deps: Omit<ConnectingDeps, 'remarks'>): Ways {
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

async function makeLimited(deps: ConnectingDeps, spec: DestinationSpec): Promise<Destination> {
  const way = await makeWay(deps, spec)
  if (spec.uploadLimit === undefined && spec.downloadLimit === undefined) return way
  const { withBandwidth } = await import('../destinations/with-bandwidth.ts')
  return withBandwidth(way, spec, { nowMs, wait })
}

async function makeWay(deps: ConnectingDeps, spec: DestinationSpec): Promise<Destination> {
  if (spec.kind === 'local' && spec.mountPoint === undefined) {
    const { reachLocal } = await import('./reach-local.ts')
    return reachLocal(spec.path, deps.clock)
  }
  const way = connecting(deps, spec)
  return spec.kind === 'rsync' || spec.kind === 's3' ? way : withPatience(way)
}

/** The other kinds try again by themselves: they know more of what failed. */
async function withPatience(destination: Destination): Promise<Destination> {
  const { withRetry } = await import('../destinations/with-retry.ts')
  return withRetry(destination, { wait, random: Math.random, nowMs }, patience)
}

/** What could not be reached has nothing to be closed. */
async function close(way: Promise<Destination>): Promise<void> {
  const destination = await way.catch(() => undefined)
  if (destination !== undefined && isDisposable(destination)) await destination[Symbol.asyncDispose]()
}

function isDisposable(destination: Destination): destination is Destination & AsyncDisposable {
  return Symbol.asyncDispose in destination
}
