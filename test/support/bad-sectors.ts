import { RedomaError } from '../../src/core/errors.ts'
import type { Destination, ObjectName } from '../../src/ports/destination.ts'

/** Bytes of an object that cannot be read. */
export interface BadSector {
  readonly name: ObjectName
  readonly from: number
  readonly to: number
}

/** A disk whose bad sectors nothing brings back; whatever else lies there can be had. */
export function withBadSectors(inner: Destination, sectors: readonly BadSector[]): Destination {
  return {
    ...inner,
    async *get(name, range, signal) {
      const { offset, length } = range ?? { offset: 0, length: Number.POSITIVE_INFINITY }
      const isBad = (sector: BadSector): boolean =>
        sector.name === name && sector.from < offset + length && sector.to > offset
      if (sectors.some(isBad)) throw new RedomaError('OBJECT_UNREADABLE', `reading ${name} failed: EIO`)
      yield* inner.get(name, range, signal)
    },
  }
}
