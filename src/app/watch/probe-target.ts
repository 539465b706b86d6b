import { isRedomaError, messageOf } from '../../core/errors.ts'
import { isAlive } from '../../core/process-identity.ts'
import { type Destination, parseObjectName } from '../../ports/destination.ts'
import { isWriteOnly } from '../../ports/destination-spec.ts'
import type { Target } from '../target.ts'
import { leastRoom, placesOf } from './keep-room.ts'
import type { ProbeDestination, ProbeOutcome } from './probe-destination.ts'

export interface ProbeTargetDeps {
  readonly instanceId: string
  readonly processId: number
  readonly probe: ProbeDestination
}

/** @throws the signal's reason, and nothing else */
export type ProbeTarget = (reach: () => Promise<Target>, signal: AbortSignal) => Promise<ProbeOutcome>

/**
 * Probes a destination, and the repository of its system backups where that is elsewhere: it is as bad as the worse. What is written is
 * named for this process, since other instances, and other processes of this one, may probe the same place.
 */
export function makeProbeTarget({ instanceId, processId, probe }: ProbeTargetDeps): ProbeTarget {
  const prefix = `redoma-probe/${instanceId}`
  const tidy = new WeakSet<Destination>()

  async function probeReadable(place: Destination, signal: AbortSignal): Promise<ProbeOutcome> {
    const outcome = await probe(place, parseObjectName(`${prefix}-${processId}`), signal)
    if (outcome.kind === 'answered' && !tidy.has(place)) {
      tidy.add(place)
      const patience = AbortSignal.any([signal, AbortSignal.timeout(tidyMs)])
      // It is only untidy.
      await removeLeftovers(place, prefix, patience).catch(() => undefined)
    }
    return outcome
  }

  return async (reach, signal) => {
    try {
      const target = await reach()
      const { spec } = target.record
      if (isWriteOnly(spec))
        // The one name is replaced each time: it cannot be removed.
        return await probe(target.destination, parseObjectName(prefix), signal, { readsBack: false })
      return worst(await Promise.all(placesOf(target).map((place) => probeReadable(place, signal))))
    } catch (error) {
      signal.throwIfAborted()
      const { code, hint } = isRedomaError(error) ? error : { code: 'INTERNAL' as const, hint: undefined }
      return { kind: 'failed', tookMs: 0, step: 'reach', code, message: messageOf(error), hint }
    }
  }
}

const tidyMs = 30_000

/** What processes of this instance left that were killed while they probed. */
async function removeLeftovers(place: Destination, prefix: string, signal: AbortSignal): Promise<void> {
  for await (const { name } of place.list(`${prefix}-`, signal)) {
    const processId = Number(/-(\d{1,10})$/.exec(name)?.[1] ?? Number.NaN)
    if (Number.isNaN(processId) || (await isAlive(processId, undefined))) continue
    await place.remove(name, signal)
  }
  await place.flush(signal)
}

function worst(outcomes: readonly ProbeOutcome[]): ProbeOutcome {
  const failed = outcomes.find((outcome) => outcome.kind === 'failed')
  if (failed !== undefined) return failed
  const space = leastRoom(
    outcomes.map((outcome) => (outcome.kind === 'answered' ? outcome.space : undefined)),
  )
  return { kind: 'answered', tookMs: Math.max(...outcomes.map(({ tookMs }) => tookMs)), space }
}
