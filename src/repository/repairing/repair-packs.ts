import { makePublisher, type Publisher } from '../archiving/publisher.ts'
import { idToBytes, type ObjectId } from '../ids.ts'
import { listObjects, objectNameOf } from '../objects.ts'
import { makePackBuilder, type PackBuilder } from '../packs/pack-builder.ts'
import type { BlobType, PackedBlob } from '../packs/packed-blob.ts'
import type { OnRepositoryEvent, Repository } from '../repository.ts'
import { type FoundBlobs, findWhole } from './find-whole.ts'
import { repairIndex } from './repair-index.ts'
import { readIndex } from './survey-indexes.ts'

export interface PackRepair {
  readonly packs: readonly RepairedPack[]
}

export interface RepairedPack {
  readonly pack: ObjectId
  /** Blobs that were whole, and are in a new pack. */
  readonly saved: number
  /** Blobs that are not what their names say. */
  readonly damaged: readonly PackedBlob[]
  /** Where what was read of it is kept: none of a dry run, of a pack that is whole after all, or of one that is gone. */
  readonly kept: readonly string[]
}

export interface PackRepairOptions {
  readonly packs: readonly ObjectId[]
  readonly dryRun: boolean
  /**
   * Puts away what was read of a damaged pack, durably, before the pack is removed: a better tool may save more of it. Sectors that
   * cannot be read are zeros in it. Returns where it is.
   */
  readonly keep: (pack: ObjectId, bytes: Uint8Array) => Promise<string>
}

/**
 * Takes damaged packs out of the repository: every blob of them that is still whole goes into a new pack first. The order
 * is that of a prune: new packs, their index, indexes without the old packs, and then the old packs go, of which a copy is kept.
 *
 * Wants the exclusive lock. Lost blobs come back when a backup meets the same content again; what needs them until then is
 * for `repairSnapshots`.
 *
 * @throws RedomaError those of the destination, and of `keep`: nothing was removed then
 */
export async function repairPacks(
  repository: Repository,
  options: PackRepairOptions,
  onEvent: OnRepositoryEvent,
  signal: AbortSignal,
): Promise<PackRepair> {
  const { dryRun } = options
  const wanted = new Set(options.packs)
  const indexed = await indexedBlobs(repository, wanted, signal)
  const publisher = makePublisher(repository, signal)
  const packs: RepairedPack[] = []
  for (const pack of wanted) {
    signal.throwIfAborted()
    const found = await findWhole(repository, pack, indexed.get(pack) ?? [], signal)
    const kept = dryRun ? [] : await keepAll(options, pack, found.damagedReadings)
    if (!dryRun) await publishAgain(repository, publisher, found)
    packs.push({ pack, saved: found.whole.size, damaged: [...found.damaged.values()], kept })
    onEvent({ kind: 'progress', counted: 'packs', files: packs.length, totalFiles: wanted.size, bytes: 0 })
  }
  if (dryRun) return { packs }
  await publisher.finish()
  await repairIndex(
    repository,
    { readAllPacks: false, without: wanted, dryRun },
    (event) => {
      if (event.kind === 'problem') onEvent(event)
    },
    signal,
  )
  for (const pack of wanted) {
    await repository.destination.remove(objectNameOf(repository, 'data', pack), signal)
  }
  await repository.destination.flush(signal)
  return { packs }
}

async function keepAll(
  { keep }: PackRepairOptions,
  pack: ObjectId,
  readings: readonly Uint8Array[],
): Promise<string[]> {
  const kept: string[] = []
  for (const bytes of readings) kept.push(await keep(pack, bytes))
  return kept
}

/** What indexes say is in these packs. */
async function indexedBlobs(
  repository: Repository,
  packs: ReadonlySet<ObjectId>,
  signal: AbortSignal,
): Promise<ReadonlyMap<ObjectId, readonly PackedBlob[]>> {
  const found = new Map<ObjectId, readonly PackedBlob[]>()
  for await (const { id } of listObjects(repository, 'index', signal)) {
    for (const pack of (await readIndex(repository, id, signal)) ?? []) {
      if (packs.has(pack.id)) found.set(pack.id, [...(found.get(pack.id) ?? []), ...pack.blobs])
    }
  }
  return found
}

/** As they are sealed. Files and folders never share a pack. */
async function publishAgain(
  repository: Repository,
  publisher: Publisher,
  { whole }: FoundBlobs,
): Promise<void> {
  const builders = new Map<BlobType, PackBuilder>()
  const roomBytes = [...whole.values()].reduce((sum, { sealed }) => sum + sealed.length, 0)
  for (const { blob, sealed } of whole.values()) {
    const { id, type, length, uncompressedLength } = blob
    const builder =
      builders.get(type) ?? makePackBuilder(type, repository.envelope, repository.primitives, roomBytes)
    builders.set(type, builder)
    builder.room(length).set(sealed)
    builder.append(idToBytes(id), length, uncompressedLength)
  }
  for (const builder of builders.values()) await publisher.publish(builder.finish())
}
