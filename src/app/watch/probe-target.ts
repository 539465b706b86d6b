import { isRedomaError, messageOf } from '../../core/errors.ts'
import { isAlive } from '../../core/process-identity.ts'
import { type Destination, parseObjectName } from '../../ports/destination.ts'
import { isWriteOnly } from '../../ports/destination-spec.ts'
import type { Presence } from '../../ports/presence.ts'
import type { Target } from '../target.ts'
import { leastRoom, placesOf } from './keep-room.ts'
import type { ProbeDestination, ProbeOutcome } from './probe-destination.ts'

export interface ProbeTargetDeps {
  readonly instanceId: string
  readonly processId: number
  /** Of this process among the nodes, where there are several: numbers of processes say nothing on another machine. */
  readonly presence?: Pick<Presence, 'id' | 'isThere'> | undefined
  readonly probe: ProbeDestination
}

/** @throws the signal's reason, and nothing else */
export type ProbeTarget = (reach: () => Promise<Target>, signal: AbortSignal) => Promise<ProbeOutcome>

/**
 * Probes a destination, and the repository of its system backups where that is elsewhere: it is as bad as the worse. What is written is
 * named for this process, since other instances, and other processes of this one, may probe the same place.
 */
export function makeProbeTarget({ instanceId, processId, presence, probe }: ProbeTargetDeps): ProbeTarget {
  const prefix = `redoma-probe/${instanceId}`
  const own = presence?.id === undefined ? `${prefix}-${processId}` : `${prefix}-node-${presence.id}`
  const tidy = new WeakSet<Destination>()

  async function probeReadable(place: Destination, signal: AbortSignal): Promise<ProbeOutcome> {
    const outcome = await probe(place, parseObjectName(own), signal)
    if (outcome.kind === 'answered' && !tidy.has(place)) {
      tidy.add(place)
      const patience = AbortSignal.any([signal, AbortSignal.timeout(tidyMs)])
      // It is only untidy.
      await removeLeftovers(place, { prefix, presence }, patience).catch(() => undefined)
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
async function removeLeftovers(
  place: Destination,
  { prefix, presence }: { readonly prefix: string } & Pick<ProbeTargetDeps, 'presence'>,
  signal: AbortSignal,
): Promise<void> {
  for await (const { name } of place.list(`${prefix}-`, signal)) {
    const [, node, digits] = /-(node-)?(\d{1,10})$/.exec(name) ?? []
    if (digits === undefined) continue
    const isThere =
      node === undefined ? isAlive(Number(digits), undefined) : presence?.isThere(Number(digits))
    if (!((await isThere) ?? true)) await place.remove(name, signal)
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
