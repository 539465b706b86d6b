import { randomInt } from 'node:crypto'
import { openCount } from '../archiving/open-packs.ts'
import { makePackOutlet } from '../archiving/pack-outlet.ts'
import type { Publisher } from '../archiving/publisher.ts'
import { appendSealed } from '../packs/append-sealed.ts'
import { makePackBuilder, type PackBuilder, targetPackBytes } from '../packs/pack-builder.ts'
import type { BlobType, PackedBlob } from '../packs/packed-blob.ts'
import { makeScratch } from '../packs/scratch.ts'
import type { Repository } from '../repository.ts'

/** New packs that blobs are moved to. */
export interface MovingPacks {
  /** @throws RedomaError `REPOSITORY_DAMAGED` when it is not what its name says */
  add(blob: PackedBlob, sealed: Uint8Array): void
  /** Waits while full packs are under way. */
  room(): Promise<void>
  /** Publishes what is begun. */
  finish(): Promise<void>
}

const packsUnderWay = 1

export function makeMovingPacks(repository: Repository, publisher: Publisher): MovingPacks {
  const { envelope, primitives } = repository
  const tools = { envelope, primitives, sealedScratch: makeScratch(), contentScratch: makeScratch() }
  const open = new Map<string, PackBuilder>()
  const outlet = makePackOutlet(publisher, repository.fileCalls, packsUnderWay)

  const begin = (type: BlobType): PackBuilder =>
    makePackBuilder(type, envelope, primitives, targetPackBytes, outlet.takeBuffer())

  return {
    add(blob, sealed) {
      const which = `${blob.type} ${randomInt(openCount)}`
      const pack = open.get(which) ?? begin(blob.type)
      open.set(which, pack)
      appendSealed(pack, blob, sealed, tools)
      if (!pack.isFull) return
      open.delete(which)
      outlet.publish(pack.finish())
    },
    room: () => outlet.room(),
    async finish() {
      for (const pack of open.values()) if (pack.blobCount > 0) outlet.publish(pack.finish())
      open.clear()
      await outlet.finish()
    },
  }
}
