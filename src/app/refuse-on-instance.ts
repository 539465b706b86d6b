import { RedomaError } from '../core/errors.ts'
import type { Catalogue, DestinationRecord } from '../ports/catalogue.ts'
import type { Destination } from '../ports/destination.ts'
import type { Machine } from '../ports/machine.ts'
import { makeOnThisMachine } from './on-this-machine.ts'
import { probeOwnDisks } from './probe-own-disks.ts'
import { placeOfRepository } from './system-repository.ts'
import { type Reach, type Target, targetOf } from './target.ts'

export interface ElsewhereDeps {
  readonly catalogue: Pick<Catalogue, 'instance'>
  readonly machine: Machine
}

/**
 * Refuses a destination that is on the instance, by all that can be found out: its addresses, its mounts, and a probe object that turns
 * up on a disk of this machine.
 *
 * @returns what could not be made sure
 * @throws RedomaError `DESTINATION_ON_INSTANCE`, and those of the destination
 */
export async function refuseOnInstance(
  { home, machine }: { readonly home: string; readonly machine: Machine },
  { name, spec }: Pick<DestinationRecord, 'name' | 'spec'>,
  reach: Reach,
  signal: AbortSignal,
): Promise<string[]> {
  const why = await makeOnThisMachine(machine)(spec, signal)
  if (why !== undefined) throw onInstance(name, why)
  const place = placeOfRepository(spec)
  const places = place.kind === 'inside' ? [spec] : [spec, place.spec]
  const warnings: string[] = []
  for (const one of places) {
    const { foundAt, doubts } = await probeOwnDisks({ home, machine }, await reach(one), signal)
    if (foundAt !== undefined) throw onInstance(name, `what was put there turned up at ${foundAt}`)
    warnings.push(...doubts)
  }
  return warnings
}

/**
 * The way to a destination in a run. A mount may have been exchanged since it was added: one that is on an appliance by now refuses
 * everything that is asked of it, and the others go on.
 */
export function reachElsewhere(
  { catalogue, machine }: ElsewhereDeps,
  reach: Reach,
  signal: AbortSignal,
): (record: DestinationRecord) => Promise<Target> {
  const onThisMachine = makeOnThisMachine(machine)
  return async (record) => {
    if (!catalogue.instance.isAppliance) return targetOf(record, reach)
    try {
      const why = await onThisMachine(record.spec, signal)
      if (why === undefined) return await targetOf(record, reach)
      throw onInstance(record.name, why)
    } catch (error) {
      signal.throwIfAborted()
      return targetOf(record, () => Promise.resolve(refusing(error)))
    }
  }
}

/** @throws RedomaError `DESTINATION_ON_INSTANCE` as `reachElsewhere` does, before anything is asked of the destination */
export async function requireElsewhere(
  { catalogue, machine }: ElsewhereDeps,
  { name, spec }: Pick<DestinationRecord, 'name' | 'spec'>,
  signal: AbortSignal,
): Promise<void> {
  if (!catalogue.instance.isAppliance) return
  const why = await makeOnThisMachine(machine)(spec, signal)
  if (why !== undefined) throw onInstance(name, why)
}

function onInstance(name: string, why: string): RedomaError {
  return new RedomaError('DESTINATION_ON_INSTANCE', `${name} is on the instance itself: ${why}`, {
    hint: 'The instance is a crypto appliance, whose copies have to be on another machine: give a place there.',
  })
}

function refusing(error: unknown): Destination {
  const refuse = async (): Promise<never> => {
    throw error
  }
  const refuseAll = (): AsyncIterable<never> => ({ [Symbol.asyncIterator]: () => ({ next: refuse }) })
  return { put: refuse, get: refuseAll, list: refuseAll, remove: refuse, flush: refuse }
}
