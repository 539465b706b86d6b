import { writeUnpacked } from '../objects.ts'
import type { Repository } from '../repository.ts'
import { encodeIndex, maxIndexBlobs, type PackToIndex } from './encode-index.ts'

/** Writes packs into indexes of the usual size, as they come. */
export interface IndexWriter {
  /** Indexes so far, the last one included. */
  readonly written: number
  add(pack: PackToIndex): Promise<void>
  /** What is begun. Nothing of it is durable before the destination is flushed. */
  finish(): Promise<void>
}

/** @param dryRun counts what would be written, and writes nothing */
export function makeIndexWriter(repository: Repository, dryRun: boolean, signal: AbortSignal): IndexWriter {
  let packs: PackToIndex[] = []
  let blobs = 0
  let written = 0

  const finish = async (): Promise<void> => {
    const full = packs
    if (full.length === 0) return
    // Taken out first: others add while this is written.
    packs = []
    blobs = 0
    written++
    if (!dryRun) await writeUnpacked(repository, 'index', encodeIndex(full), signal)
  }
  return {
    get written() {
      return written
    },
    async add(pack) {
      packs.push(pack)
      blobs += pack.blobs.length
      if (blobs >= maxIndexBlobs) await finish()
    },
    finish,
  }
}
