import { isRedomaError } from '../../core/errors.ts'
import { makePublisher, type Publisher } from '../archiving/publisher.ts'
import type { ObjectId } from '../ids.ts'
import { listObjects, objectNameOf, readObject } from '../objects.ts'
import { openBlob } from '../packs/open-blob.ts'
import { makePackBuilder, type PackBuilder } from '../packs/pack-builder.ts'
import type { BlobType, PackedBlob } from '../packs/packed-blob.ts'
import { packHeaderOf } from '../packs/read-pack-header.ts'
import type { OnRepositoryEvent, Repository } from '../repository.ts'
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
}

/**
 * Takes damaged packs out of the repository: every blob of them that is still whole goes into a new pack first. The order
 * is that of a prune: new packs, their index, indexes without the old packs, and then the old packs go.
 *
 * Wants the exclusive lock. Lost blobs come back when a backup meets the same content again; what needs them until then is
 * for `repairSnapshots`.
 *
 * @throws RedomaError those of the destination
 */
export async function repairPacks(
  repository: Repository,
  options: { readonly packs: readonly ObjectId[]; readonly dryRun: boolean },
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
    const bytes = await tryReading(repository, pack, signal)
    const { whole, damaged } = sort(repository, bytes, indexed.get(pack) ?? [])
    if (!dryRun) await publishAgain(repository, publisher, bytes, whole)
    packs.push({ pack, saved: whole.length, damaged })
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

/** A pack that is gone holds nothing. */
async function tryReading(repository: Repository, pack: ObjectId, signal: AbortSignal): Promise<Uint8Array> {
  try {
    return await readObject(repository, 'data', pack, undefined, signal)
  } catch (error) {
    if (!isRedomaError(error, 'REPOSITORY_DAMAGED')) throw error
    return new Uint8Array(0)
  }
}

/** By the pack's own header where that is whole, else by what indexes say. */
function sort(
  { envelope, primitives }: Repository,
  bytes: Uint8Array,
  indexed: readonly PackedBlob[],
): { readonly whole: readonly PackedBlob[]; readonly damaged: readonly PackedBlob[] } {
  const whole: PackedBlob[] = []
  const damaged: PackedBlob[] = []
  const seen = new Set<string>()
  for (const blob of [...ownBlobs(bytes, envelope), ...indexed]) {
    const key = `${blob.type} ${blob.id} ${blob.offset}`
    if (seen.has(key)) continue
    seen.add(key)
    const stored = bytes.subarray(blob.offset, blob.offset + blob.length)
    try {
      openBlob(blob, stored, envelope, primitives)
      whole.push(blob)
    } catch (error) {
      if (!isRedomaError(error)) throw error
      damaged.push(blob)
    }
  }
  return { whole, damaged }
}

function ownBlobs(bytes: Uint8Array, envelope: Repository['envelope']): readonly PackedBlob[] {
  try {
    return packHeaderOf(bytes, envelope)
  } catch (error) {
    if (!isRedomaError(error)) throw error
    return []
  }
}

/** As they are sealed. Files and folders never share a pack. */
async function publishAgain(
  repository: Repository,
  publisher: Publisher,
  bytes: Uint8Array,
  blobs: readonly PackedBlob[],
): Promise<void> {
  const builders = new Map<BlobType, PackBuilder>()
  for (const { id, type, offset, length, uncompressedLength } of blobs) {
    const builder =
      builders.get(type) ?? makePackBuilder(type, repository.envelope, repository.primitives, bytes.length)
    builders.set(type, builder)
    builder.room(length).set(bytes.subarray(offset, offset + length))
    builder.append(id, length, uncompressedLength)
  }
  for (const builder of builders.values()) await publisher.publish(builder.finish())
}
