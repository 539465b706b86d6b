import type { Catalogue } from '../../ports/catalogue.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Target } from '../target.ts'
import { keepRoom, measureRoom } from './keep-room.ts'
import { nothingKnown } from './take-in.ts'

const patienceMs = 30_000

/** Remembers what is free at a destination after a run, for the forecast; nothing where it cannot tell. */
export async function recordRoom(
  { catalogue, clock }: { readonly catalogue: Catalogue; readonly clock: Clock },
  target: Target,
): Promise<void> {
  const space = await measureRoom(target, AbortSignal.timeout(patienceMs))
  if (space === undefined) return
  const measured = { at: clock.now(), freeBytes: space.freeBytes }
  await catalogue.watch.record(target.record.id, (known = nothingKnown(measured.at)) => ({
    watch: { ...known, room: keepRoom(known.room, measured) },
  }))
}
