import type { Reach } from '../app/target.ts'
import { RedomaError } from '../core/errors.ts'
import type { Clock } from '../ports/clock.ts'
import type { Destination } from '../ports/destination.ts'
import { type DestinationSpec, locationOf } from '../ports/destination-spec.ts'

/** The ways to destinations: one to each place, made when it is first asked for, and closed with the rest. */
export interface Ways extends AsyncDisposable {
  readonly reach: Reach
}

export interface WaysDeps {
  readonly clock: Clock
}

export function openWays(deps: WaysDeps): Ways {
  const open = new Map<string, Promise<Destination>>()
  return {
    reach(spec) {
      const place = `${spec.kind} ${locationOf(spec)}`
      const way = open.get(place) ?? makeWay(deps, spec)
      open.set(place, way)
      return way
    },
    async [Symbol.asyncDispose]() {
      await Promise.all([...open.values()].map(close))
    },
  }
}

async function makeWay({ clock }: WaysDeps, spec: DestinationSpec): Promise<Destination> {
  if (spec.kind === 'local') {
    const { reachLocal } = await import('./reach-local.ts')
    return reachLocal(spec.path, clock)
  }
  throw new RedomaError('USAGE', `this version cannot reach destinations of the kind ${spec.kind}`)
}

/** What could not be reached has nothing to be closed. */
async function close(way: Promise<Destination>): Promise<void> {
  const destination = await way.catch(() => undefined)
  if (destination !== undefined && isDisposable(destination)) await destination[Symbol.asyncDispose]()
}

function isDisposable(destination: Destination): destination is Destination & AsyncDisposable {
  return Symbol.asyncDispose in destination
}
