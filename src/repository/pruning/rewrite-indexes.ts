import { blobIdFromBytes, type ObjectId } from '../ids.ts'
import { type IndexedPack, maxIndexBlobs } from '../index/encode-index.ts'
import { makeIndexWriter } from '../index/index-writer.ts'
import { readIndexFiles } from '../index/read-index-files.ts'
import type { PackedBlob } from '../packs/packed-blob.ts'
import type { Repository } from '../repository.ts'
import { copyAt, copyCount } from './every-copy.ts'
import type { Inventory } from './load-inventory.ts'
import type { PackFate } from './plan-prune.ts'

/** Every run of a backup leaves one: so many are made one. */
const smallIndexesMerged = 8

/** The indexes that must be written anew: those that name a pack that goes, or one that is listed elsewhere too, and many small ones. */
export function indexesToRewrite(
  { indexes, relisted }: Inventory,
  fates: readonly PackFate[],
): readonly ObjectId[] {
  const isSmall = (blobs: number): boolean => blobs < maxIndexBlobs
  const mergesSmall = indexes.filter(({ blobs }) => isSmall(blobs)).length >= smallIndexesMerged
  const mustChange = (pack: number): boolean => fates[pack] !== 'keep' || relisted.has(pack)
  return indexes
    .filter(({ blobs, packs }) => (mergesSmall && isSmall(blobs)) || packs.some(mustChange))
    .map(({ id }) => id)
}

/**
 * Writes what these indexes say of the packs that stay to new ones, each pack whole in one of them. Not durable before the
 * destination is flushed.
 */
export async function rewriteIndexes(
  repository: Repository,
  inventory: Inventory,
  fates: readonly PackFate[],
  files: readonly ObjectId[],
  signal: AbortSignal,
): Promise<void> {
  const relisted = relistedPacks(inventory, fates)
  const staying = new Set(inventory.packs.filter((id, pack) => fates[pack] === 'keep' && !relisted.has(id)))
  const writer = makeIndexWriter(repository, false, signal)
  for (const pack of relisted.values()) await writer.add(pack)
  for await (const index of readIndexFiles(repository, files, signal)) {
    for (const pack of index.packs) if (staying.has(pack.id)) await writer.add(pack)
  }
  await writer.finish()
}

/** Packs that are listed more than once, and stay: with all that is said of each, wherever that is. */
function relistedPacks(inventory: Inventory, fates: readonly PackFate[]): ReadonlyMap<ObjectId, IndexedPack> {
  const { packs, relisted } = inventory
  const found = new Map<ObjectId, { id: ObjectId; blobs: PackedBlob[] }>()
  if (relisted.size === 0) return found
  const known = new Set<string>()
  for (let number = 0; number < copyCount(inventory); number++) {
    const copy = copyAt(inventory, number)
    if (copy === undefined || !relisted.has(copy.place.pack) || fates[copy.place.pack] !== 'keep') continue
    const id = packs[copy.place.pack]
    const entry = inventory.blobs.entryAt(copy.blob)
    const key = `${copy.place.pack} ${copy.place.offset}`
    if (id === undefined || entry === undefined || known.has(key)) continue
    known.add(key)
    const { offset, length, uncompressedLength } = copy.place
    const pack = found.get(id) ?? { id, blobs: [] }
    pack.blobs.push({ id: blobIdFromBytes(entry.id), type: entry.type, offset, length, uncompressedLength })
    found.set(id, pack)
  }
  return found
}
