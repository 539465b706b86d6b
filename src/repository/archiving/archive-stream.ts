import type { BlobIndex } from '../blob-index/blob-index.ts'
import { makeChunker } from '../chunking/chunker.ts'
import { type BlobId, blobIdFromBytes, idBytes } from '../ids.ts'
import type { Repository } from '../repository.ts'
import { makeOpenPacks } from './open-packs.ts'
import { makePackOutlet } from './pack-outlet.ts'
import type { Publisher } from './publisher.ts'
import type { Tally } from './tally.ts'

const packsUnderWay = 2

/** Stores what comes in pieces, on this thread: programs that print it are slower. */
export interface ArchiveStream {
  archive(
    pieces: AsyncIterable<Uint8Array>,
  ): Promise<{ readonly size: number; readonly content: readonly BlobId[] }>
  /** Waits until all of it is at the destination. */
  finish(): Promise<void>
}

export function makeArchiveStream(
  { primitives, envelope, config, fileCalls }: Repository,
  {
    blobIndex,
    publisher,
    tally,
    signal,
  }: {
    readonly blobIndex: BlobIndex
    readonly publisher: Publisher
    readonly tally: Tally
    readonly signal: AbortSignal
  },
): ArchiveStream {
  const outlet = makePackOutlet(publisher, fileCalls, packsUnderWay)
  const packs = makeOpenPacks('data', {
    primitives,
    envelope,
    takeBuffer: outlet.takeBuffer,
    publish: (pack) => {
      outlet.publish(pack)
      tally.reachedPacks(publisher.figures.dataAdded)
    },
  })
  const chunker = makeChunker(config.chunkerPolynomial)
  const { memory } = chunker
  const id = new Uint8Array(idBytes)

  function store(chunk: Uint8Array): BlobId {
    primitives.sha256(chunk, id)
    if (blobIndex.claim('data', id)) packs.add(id, chunk)
    return blobIdFromBytes(id)
  }

  return {
    async archive(pieces) {
      const content: BlobId[] = []
      let [size, start, end] = [0, 0, 0]
      chunker.begin()
      for await (const piece of pieces) {
        for (let taken = 0; taken < piece.length; ) {
          if (end === memory.length) {
            memory.copyWithin(0, start, end)
            end -= start
            start = 0
          }
          const some = piece.subarray(taken, taken + memory.length - end)
          memory.set(some, end)
          taken += some.length
          end += some.length
          for (let length = chunker.cut(start, end); length > 0; length = chunker.cut(start, end)) {
            content.push(store(memory.subarray(start, start + length)))
            start += length
          }
          if (start === end) start = end = 0
        }
        size += piece.length
        signal.throwIfAborted()
        await outlet.room()
      }
      if (end > start) content.push(store(memory.subarray(start, end)))
      return { size, content }
    },
    async finish() {
      packs.finish()
      await outlet.finish()
    },
  }
}
