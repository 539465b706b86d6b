import type { Reach, RemarksOn } from '../app/target.ts'
import type { ShownCertificate } from '../core/shown-certificate.ts'
import { wait } from '../core/wait.ts'
import { whilePresent } from '../destinations/while-present.ts'
import { withFigures } from '../destinations/with-figures.ts'
import type { Destination } from '../ports/destination.ts'
import type { DestinationFigures } from '../ports/destination-figures.ts'
import { type DestinationSpec, type LocalSpec, locationOf } from '../ports/destination-spec.ts'
import type { Presence } from '../ports/presence.ts'
import { type ConnectingDeps, connecting } from './connecting.ts'

/** The ways to destinations: one to each place, made when it is first asked for, and closed with the rest. */
export interface Ways extends AsyncDisposable {
  readonly reach: Reach
  /** The same for who waits for an answer, and may have mistyped the place: what could not be reached is not tried again. */
  readonly reachOnce: Reach
  /** What its kind has to say, and what the connection to it has found until now. */
  readonly remarksOn: RemarksOn
  /** What the server there has shown last over one of these ways, where it has a certificate. */
  readonly certificateOf: (spec: DestinationSpec) => ShownCertificate | undefined
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
  /** Tries that failed, and were followed by another. */
  readonly retries: number
}

const nowMs = (): number => performance.now()
/** Of a share whose server starts anew. A run goes on with the next destination rather than wait for long. */
const patience = { tries: 4, totalMs: 60_000 }

interface WaysDeps extends Omit<ConnectingDeps, 'remarks' | 'certificates' | 'onRetry'> {
  /** Of this process among the nodes: nothing is written while others may take it for dead. */
  readonly presence?: Presence
}

export function openWays(deps: WaysDeps): Ways {
  const open = new Map<string, Promise<Destination>>()
  const counting: (() => WayFigures)[] = []

  /** Of rsync alone, by the place: which side cannot sync is known when both have spoken. */
  const remarks = new Map<string, () => readonly string[]>()
  const certificates = new Map<string, ShownCertificate>()

  async function makeCounted(spec: DestinationSpec, make = makeWay): Promise<Destination> {
    let retries = 0
    const onRetry = (): void => {
      retries++
    }
    const counted = withFigures(
      await makeLimited({ ...deps, remarks, certificates, onRetry }, spec, make),
      nowMs,
    )
    counting.push(() => ({ location: locationOf(spec), figures: counted.figures(), retries }))
    const { presence } = deps
    return presence === undefined ? counted.destination : whilePresent(counted.destination, presence)
  }

  function once(key: string, make: () => Promise<Destination>): Promise<Destination> {
    const way = open.get(key) ?? make()
    open.set(key, way)
    return way
  }

  return {
    // What changed of it (a credential, a limit) is another way to the same place.
    reach: (spec) => once(JSON.stringify(spec), () => makeCounted(spec)),
    reachOnce: (spec) => once(`once ${JSON.stringify(spec)}`, () => makeCounted(spec, makeWayOnce)),
    reachApart: (spec) =>
      once(`apart ${JSON.stringify(spec)}`, async () => connecting({ ...deps, remarks, certificates }, spec)),
    async remarksOn(spec) {
      if (spec.kind !== 's3') return remarks.get(JSON.stringify(spec))?.() ?? []
      const { remarksOnS3 } = await import('../destinations/s3/s3-destination.ts')
      return remarksOnS3(spec)
    },
    certificateOf: (spec) => (spec.kind === 's3' ? certificates.get(spec.endpoint) : undefined),
    figures: () => counting.map((figuresOf) => figuresOf()),
    async [Symbol.asyncDispose]() {
      await Promise.all([...open.values()].map(close))
    },
  }
}

type CountingDeps = ConnectingDeps & { readonly onRetry: () => void }

async function makeLimited(
  deps: CountingDeps,
  spec: DestinationSpec,
  make: typeof makeWay,
): Promise<Destination> {
  const way = await make(deps, spec)
  if (spec.uploadLimit === undefined && spec.downloadLimit === undefined) return way
  const { withBandwidth } = await import('../destinations/with-bandwidth.ts')
  return withBandwidth(way, spec, { nowMs, wait })
}

async function makeWay(deps: CountingDeps, spec: DestinationSpec): Promise<Destination> {
  const way = await makeWayOnce(deps, spec)
  const triesItself = spec.kind === 'rsync' || spec.kind === 's3' || isPlainFolder(spec)
  return triesItself ? way : withPatience(way, deps.onRetry)
}

async function makeWayOnce(deps: ConnectingDeps, spec: DestinationSpec): Promise<Destination> {
  if (!isPlainFolder(spec)) return connecting(deps, spec)
  const { reachLocal } = await import('./reach-local.ts')
  return reachLocal(spec.path, deps.clock)
}

function isPlainFolder(spec: DestinationSpec): spec is LocalSpec {
  return spec.kind === 'local' && spec.mountPoint === undefined
}

/** Others try again by themselves: they know more of what failed. On a disk of this machine nothing passes. */
async function withPatience(destination: Destination, onRetry: () => void): Promise<Destination> {
  const { withRetry } = await import('../destinations/with-retry.ts')
  return withRetry(destination, { wait, random: Math.random, nowMs, onRetry }, patience)
}

/** What could not be reached has nothing to be closed. */
async function close(way: Promise<Destination>): Promise<void> {
  const destination = await way.catch(() => undefined)
  if (destination !== undefined && isDisposable(destination)) await destination[Symbol.asyncDispose]()
}

function isDisposable(destination: Destination): destination is Destination & AsyncDisposable {
  return Symbol.asyncDispose in destination
}
