import { memoryDestination } from '../../src/destinations/memory.ts'
import type { Destination, ObjectName } from '../../src/ports/destination.ts'

type Objects = Map<ObjectName, Uint8Array>

/** `undefined`: it was removed. */
interface Change {
  readonly name: ObjectName
  readonly bytes: Uint8Array | undefined
}

export interface JournalingDestination extends Destination {
  /**
   * What a loss of power can have left, at every moment of what was done: all that was flushed, and of the rest none, all,
   * one, or all but one, since a disk writes in the order it likes.
   */
  statesAfterPowerCuts(): Iterable<{ readonly label: string; readonly objects: Objects }>
  /** What is left when the power fails now, and nothing is that was not flushed. */
  flushed(): Objects
}

/** A destination in memory that remembers what was changed, and what of it was flushed. */
export function journalingDestination(objects: Objects): JournalingDestination {
  const before = new Map(objects)
  const inner = memoryDestination(objects)
  const changes: Change[] = []
  const moments: { readonly durable: number; readonly done: number }[] = []
  let durable = 0
  const note = (change?: Change): void => {
    if (change !== undefined) changes.push(change)
    moments.push({ durable, done: changes.length })
  }
  return {
    ...inner,
    async put(name, body, signal) {
      await inner.put(name, body, signal)
      note({ name, bytes: objects.get(name) })
    },
    async remove(name, signal) {
      await inner.remove(name, signal)
      note({ name, bytes: undefined })
    },
    async flush(signal) {
      // What is changed while it runs may have come too late for it.
      const done = changes.length
      await inner.flush(signal)
      durable = Math.max(durable, done)
      note()
    },
    *statesAfterPowerCuts() {
      const seen = new Set<string>()
      for (const { durable, done } of moments) {
        for (const kept of keptChanges(durable, done)) {
          const key = kept.join(' ')
          if (seen.has(key)) continue
          seen.add(key)
          const state = apply(before, [
            ...changes.slice(0, durable),
            ...kept.flatMap((at) => changes[at] ?? []),
          ])
          yield { label: labelOf(changes, durable, kept), objects: state }
        }
      }
    },
    flushed: () => apply(before, changes.slice(0, durable)),
  }
}

/** Numbers of the changes after `durable` that reached the disk. */
function* keptChanges(durable: number, done: number): Generator<readonly number[]> {
  const open = Array.from({ length: done - durable }, (_, index) => durable + index)
  yield []
  yield open
  for (const one of open) {
    yield [one]
    yield open.filter((other) => other !== one)
  }
}

function apply(before: Objects, changes: readonly Change[]): Objects {
  const objects = new Map(before)
  for (const { name, bytes } of changes) {
    if (bytes === undefined) objects.delete(name)
    else objects.set(name, bytes)
  }
  return objects
}

function labelOf(changes: readonly Change[], durable: number, kept: readonly number[]): string {
  const shown = kept.map((at) => changes[at]).map((change) => `${change?.bytes ? '+' : '-'}${change?.name}`)
  return `${durable} changes were durable, of the others ${shown.join(', ') || 'none'}`
}
