import { randomBytes, randomFillSync } from 'node:crypto'
import { blobIdFromBytes, objectIdFromBytes } from '../../src/repository/ids.ts'
import { encodeIndex, type IndexedPack, maxIndexBlobs } from '../../src/repository/index/encode-index.ts'
import { writeUnpacked } from '../../src/repository/objects.ts'
import type { Repository } from '../../src/repository/repository.ts'

const blobsAPack = 500

/** Indexes of packs that are not there, with so many blobs: what a large repository has in its `index` folder. */
export async function writeIndexes(
  repository: Repository,
  blobs: number,
  signal: AbortSignal,
): Promise<void> {
  for (let done = 0; done < blobs; done += maxIndexBlobs) {
    const packs = Array.from({ length: Math.min(maxIndexBlobs, blobs - done) / blobsAPack }, aPack)
    await writeUnpacked(repository, 'index', encodeIndex(packs), signal)
  }
}

function aPack(): IndexedPack {
  const ids = randomFillSync(new Uint8Array(32 * blobsAPack))
  return {
    id: objectIdFromBytes(randomBytes(32)),
    blobs: Array.from({ length: blobsAPack }, (_, n) => ({
      id: blobIdFromBytes(ids, n * 32),
      type: 'data' as const,
      offset: n * 30_011,
      length: 20_000 + (ids[n * 32] ?? 0) * 30,
      uncompressedLength: 40_000 + (ids[n * 32 + 1] ?? 0) * 55,
    })),
  }
}
