import { randomInt } from 'node:crypto'
import type { Publisher } from '../archiving/publisher.ts'
import { maxChunkBytes } from '../chunking/chunker.ts'
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

/** As a backup has it: chance decides which of the open packs takes a blob, so that sizes of packs do not tell sizes of chunks. */
const openCount = 2
const packsUnderWay = 2
const bufferBytes = targetPackBytes + maxChunkBytes + 1024 * 1024

export function makeMovingPacks(repository: Repository, publisher: Publisher): MovingPacks {
  const { envelope, primitives } = repository
  const tools = { envelope, primitives, sealedScratch: makeScratch(), contentScratch: makeScratch() }
  const open = new Map<string, PackBuilder>()
  const spare: Uint8Array[] = []
  const underWay = new Set<Promise<void>>()

  const begin = (type: BlobType): PackBuilder =>
    makePackBuilder(type, envelope, primitives, targetPackBytes, spare.pop() ?? new Uint8Array(bufferBytes))

  const publish = (pack: PackBuilder): void => {
    const finished = pack.finish()
    const done = publisher.publish(finished).then(() => {
      spare.push(new Uint8Array(finished.bytes.buffer))
      underWay.delete(done)
    })
    done.catch(() => undefined) // `room` or `finish` will see it.
    underWay.add(done)
  }

  return {
    add(blob, sealed) {
      const which = `${blob.type} ${randomInt(openCount)}`
      const pack = open.get(which) ?? begin(blob.type)
      open.set(which, pack)
      appendSealed(pack, blob, sealed, tools)
      if (!pack.isFull) return
      open.delete(which)
      publish(pack)
    },
    async room() {
      if (underWay.size >= packsUnderWay) await Promise.race(underWay)
    },
    async finish() {
      for (const pack of open.values()) if (pack.blobCount > 0) publish(pack)
      open.clear()
      await Promise.all(underWay)
    },
  }
}
