import type { FileCalls } from '../../crypto/file-calls.ts'
import type { FinishedPack } from '../packs/pack-builder.ts'
import { packBufferBytes } from './open-packs.ts'
import type { Publisher } from './publisher.ts'

/** Where the main thread's full packs leave by, each in a buffer that comes back when the pack is there. */
export interface PackOutlet {
  /** Memory of `packBufferBytes`, from its first page on. */
  readonly takeBuffer: () => Uint8Array
  /** Begins to publish. What goes wrong is thrown by `room` or `finish`. */
  readonly publish: (pack: FinishedPack) => void
  /** Waits while more packs are under way than allowed. */
  room(): Promise<void>
  /** Waits until none is. */
  finish(): Promise<void>
}

/** @param underWayAtMost packs on their way to the destination, which bounds the memory that a slow one costs */
export function makePackOutlet(
  publisher: Pick<Publisher, 'publish'>,
  fileCalls: FileCalls,
  underWayAtMost: number,
): PackOutlet {
  const spare: Uint8Array[] = []
  const underWay = new Set<Promise<void>>()
  return {
    takeBuffer: () => spare.pop() ?? fileCalls.fromPage(new Uint8Array(packBufferBytes)),
    publish(pack) {
      const done = publisher.publish(pack).then(() => {
        spare.push(fileCalls.fromPage(new Uint8Array(pack.bytes.buffer)))
        underWay.delete(done)
      })
      done.catch(() => undefined) // `room` or `finish` will see it.
      underWay.add(done)
    },
    async room() {
      if (underWay.size > underWayAtMost) await Promise.race(underWay)
    },
    async finish() {
      await Promise.all(underWay)
    },
  }
}
