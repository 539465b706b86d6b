import { bodyOf } from '../../ports/destination.ts'
import { nsOfDate } from '../encoding/rfc3339.ts'
import { maxIndexBlobs, type PackToIndex } from '../index/encode-index.ts'
import { makeIndexWriter } from '../index/index-writer.ts'
import { objectNameOf } from '../objects.ts'
import type { FinishedPack } from '../packs/pack-builder.ts'
import { blobsInHeader } from '../packs/pack-header.ts'
import type { Repository } from '../repository.ts'

/** Indexes are written at least so often, so that a run that dies leaves most of its work to the next. */
const indexIntervalNs = 5n * 60n * 1_000_000_000n

/** Puts packs at the destination, and then the indexes that make them count. */
export interface Publisher {
  /** Kept when the pack is there; its memory is free then. */
  publish(pack: FinishedPack): Promise<void>
  /** Waits for every pack, and writes the last index. All of it is durable then. */
  finish(): Promise<void>
  /** When the run failed: nothing is under way any more, and the packs that are there count, so that the next run need not send them. */
  salvage(): Promise<void>
  readonly figures: PublisherFigures
}

export interface PublisherFigures {
  /** Blobs before compression, in bytes. */
  dataAdded: number
  /** Blobs as stored. */
  dataAddedPacked: number
  dataBlobs: number
  treeBlobs: number
  /** Of all files written. */
  bytesStored: number
}

export function makePublisher(repository: Repository, signal: AbortSignal): Publisher {
  const { destination, clock } = repository
  const figures = { dataAdded: 0, dataAddedPacked: 0, dataBlobs: 0, treeBlobs: 0, bytesStored: 0 }
  const puts = new Set<Promise<void>>()
  let unindexed: PackToIndex[] = []
  let unindexedBlobs = 0
  let lastIndexNs = nsOfDate(clock.now())
  let indexing = Promise.resolve()

  async function put(pack: FinishedPack): Promise<void> {
    await destination.put(objectNameOf(repository, 'data', pack.id), bodyOf(pack.bytes), signal)
    count(figures, pack)
    unindexed.push({ id: pack.id, blobs: blobsInHeader(pack.header, pack.blobCount) })
    unindexedBlobs += pack.blobCount
    const dueNs = lastIndexNs + indexIntervalNs
    if (unindexedBlobs >= maxIndexBlobs || nsOfDate(clock.now()) >= dueNs) await writeIndex()
  }

  /** One after the other. An index must never name a pack that a loss of power could still take away. */
  function writeIndex(): Promise<void> {
    const packs = unindexed
    unindexed = []
    unindexedBlobs = 0
    lastIndexNs = nsOfDate(clock.now())
    indexing = indexing.then(async () => {
      if (packs.length === 0) return
      await destination.flush(signal)
      const writer = makeIndexWriter(repository, false, signal)
      for (const pack of packs) await writer.add(pack)
      await writer.finish()
    })
    return indexing
  }

  return {
    figures,
    publish(pack) {
      const done = put(pack)
      puts.add(done)
      // One that failed stays: `finish` must hear of it, whoever else did.
      done.then(
        () => puts.delete(done),
        () => undefined,
      )
      return done
    },
    async finish() {
      await Promise.all(puts)
      await writeIndex()
      await destination.flush(signal)
    },
    async salvage() {
      await Promise.allSettled([...puts, indexing])
      if (signal.aborted) return
      indexing = Promise.resolve()
      await writeIndex()
    },
  }
}

function count(figures: PublisherFigures, pack: FinishedPack): void {
  figures.bytesStored += pack.bytes.length
  figures.dataAdded += pack.contentBytes
  figures.dataAddedPacked += pack.blobBytes
  if (pack.type === 'data') figures.dataBlobs += pack.blobCount
  else figures.treeBlobs += pack.blobCount
}
