import type { Catalogue } from '../ports/catalogue.ts'
import type { Machine } from '../ports/machine.ts'
import { makeOnThisMachine } from './on-this-machine.ts'

export interface RemarksOnCopiesDeps {
  readonly catalogue: Pick<Catalogue, 'destinations'>
  readonly machine: Machine
}

/** What the operator should know about where his copies are: one sentence each, none when all is well. */
export type RemarksOnCopies = (signal: AbortSignal) => Promise<readonly string[]>

export function makeRemarksOnCopies({ catalogue, machine }: RemarksOnCopiesDeps): RemarksOnCopies {
  const onThisMachine = makeOnThisMachine(machine)
  return async (signal) => {
    const destinations = await catalogue.destinations.list()
    if (destinations.length === 0) return []
    for (const { spec } of destinations) {
      // What cannot be looked at is none of this machine's own disks.
      const why = await onThisMachine(spec, signal).catch(() => undefined)
      if (why === undefined) return []
    }
    return ['Every copy is on this machine. A copy on the same machine is not a backup yet.']
  }
}
