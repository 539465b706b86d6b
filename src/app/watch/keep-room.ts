import type { DestinationSpace } from '../../ports/destination.ts'
import { measuresSpace } from '../../ports/destination.ts'
import type { RoomLeft } from '../../ports/destination-state.ts'
import type { Target } from '../target.ts'
import { mostPoints } from './forecast-full.ts'

/**
 * What is kept for the forecast: the last measurement of each day, since hundreds a day would say nothing more, and as many days as it
 * looks at. What was measured later than now was measured by a clock that went wrong.
 */
export function keepRoom(known: readonly RoomLeft[], measured: RoomLeft): RoomLeft[] {
  const others = known.filter(
    ({ at }) => at.getTime() < measured.at.getTime() && dayOf(at) !== dayOf(measured.at),
  )
  return [...others, measured].slice(-mostPoints)
}

function dayOf(time: Date): string {
  return time.toISOString().slice(0, 10)
}

/** Of the places that belong to it, what the one says that has the least room; `undefined` where none can tell. */
export async function measureRoom(
  target: Target,
  signal: AbortSignal,
): Promise<DestinationSpace | undefined> {
  const spaces = await Promise.all(
    placesOf(target)
      .filter(measuresSpace)
      .map((place) => place.space(signal).catch(() => undefined)),
  )
  return leastRoom(spaces)
}

/** The destination, and the repository of its system backups where that is elsewhere. */
export function placesOf({ destination, repository }: Target): Target['destination'][] {
  return repository.destination === destination ? [destination] : [destination, repository.destination]
}

export function leastRoom(spaces: readonly (DestinationSpace | undefined)[]): DestinationSpace | undefined {
  return spaces
    .filter((space) => space !== undefined)
    .toSorted((a, b) => a.freeBytes - b.freeBytes)
    .at(0)
}
