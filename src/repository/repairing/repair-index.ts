import { isRedomaError, messageOf, RedomaError } from '../../core/errors.ts'
import type { ObjectId } from '../ids.ts'
import type { IndexedPack } from '../index/encode-index.ts'
import { makeIndexWriter } from '../index/index-writer.ts'
import { listObjects, objectNameOf, readObject } from '../objects.ts'
import { readPackHeader } from '../packs/read-pack-header.ts'
import type { OnRepositoryEvent, Repository } from '../repository.ts'
import { readIndex, surveyIndexes } from './survey-indexes.ts'

export interface IndexRepairOptions {
  /** Trust no index, and read the header of every pack. */
  readonly readAllPacks: boolean
  /** Packs that no index is to name any more. */
  readonly without?: ReadonlySet<ObjectId>
  readonly dryRun: boolean
}

export interface IndexRepair {
  /** Indexes that could not be read. */
  readonly damagedIndexes: readonly ObjectId[]
  /** Indexes that were replaced, the damaged ones included. */
  readonly replacedIndexes: number
  readonly writtenIndexes: number
  /** Packs that an index named and that are gone. */
  readonly packsGone: readonly ObjectId[]
  /** Packs that were brought in by their own headers. */
  readonly packsRead: readonly ObjectId[]
  /** Packs that cannot describe themselves: what is in them is in no index any more. */
  readonly packsUnreadable: readonly { readonly pack: ObjectId; readonly message: string }[]
}

/** Headers that are fetched at once. */
const fetchedAtOnce = 4

/**
 * Makes the indexes say what the packs hold. Indexes that are right stay. What is written is complete and durable before
 * anything is removed: whatever stops this, the repository has lost nothing, and it can be run again.
 *
 * Wants the exclusive lock.
 *
 * @throws RedomaError `FORMAT_UNKNOWN` when a newer program wrote an index, and those of the destination
 */
export async function repairIndex(
  repository: Repository,
  options: IndexRepairOptions,
  onEvent: OnRepositoryEvent,
  signal: AbortSignal,
): Promise<IndexRepair> {
  const sizes = await packSizes(repository, options.without ?? new Set(), signal)
  const survey = await surveyIndexes(repository, sizes, options.readAllPacks, signal)
  const writer = makeIndexWriter(repository, options.dryRun, signal)

  const written = new Set<ObjectId>(survey.settled)
  for (const id of survey.replaced) {
    // What a damaged one named, its packs' headers tell.
    if (survey.damaged.includes(id)) continue
    for (const pack of await readIndexAgain(repository, id, signal)) {
      if (!sizes.has(pack.id) || survey.toRead.has(pack.id) || written.has(pack.id)) continue
      written.add(pack.id)
      await writer.add(pack)
    }
  }
  const { packsRead, packsUnreadable } = await addByHeaders(
    repository,
    survey.toRead,
    (pack) => writer.add(pack),
    onEvent,
    signal,
  )
  await writer.finish()
  if (!options.dryRun) await removeIndexes(repository, survey.replaced, signal)
  return {
    damagedIndexes: survey.damaged,
    replacedIndexes: survey.replaced.size,
    writtenIndexes: writer.written,
    packsGone: [...survey.gone].filter((id) => options.without?.has(id) !== true),
    packsRead,
    packsUnreadable,
  }
}

/** It was whole a moment ago, and goes: what it names must not go with it because this reading went wrong. */
async function readIndexAgain(
  repository: Repository,
  id: ObjectId,
  signal: AbortSignal,
): Promise<readonly IndexedPack[]> {
  const packs = await readIndex(repository, id, signal)
  if (packs !== undefined) return packs
  throw new RedomaError('REPOSITORY_DAMAGED', `index/${id} could be read once, and then not again`, {
    hint: 'Nothing was removed. Look at the disk or the network of the destination, and repair again.',
  })
}

async function packSizes(
  repository: Repository,
  without: ReadonlySet<ObjectId>,
  signal: AbortSignal,
): Promise<Map<ObjectId, number>> {
  const sizes = new Map<ObjectId, number>()
  for await (const { id, size } of listObjects(repository, 'data', signal)) {
    if (!without.has(id)) sizes.set(id, size)
  }
  return sizes
}

async function addByHeaders(
  repository: Repository,
  packs: ReadonlyMap<ObjectId, number>,
  add: (pack: IndexedPack) => Promise<void>,
  onEvent: OnRepositoryEvent,
  signal: AbortSignal,
): Promise<Pick<IndexRepair, 'packsRead' | 'packsUnreadable'>> {
  const packsRead: ObjectId[] = []
  const packsUnreadable: { pack: ObjectId; message: string }[] = []
  const queue = packs.entries()
  const fetchSome = async (): Promise<void> => {
    for (const [id, size] of queue) {
      signal.throwIfAborted()
      try {
        await add({ id, blobs: await headerReadWithCare(repository, id, size, signal) })
        packsRead.push(id)
      } catch (error) {
        if (!isRedomaError(error) || !isDamage(error.code)) throw error
        packsUnreadable.push({ pack: id, message: messageOf(error) })
        onEvent({ kind: 'problem', problem: { path: `data/${id}`, message: messageOf(error) } })
      }
      const files = packsRead.length + packsUnreadable.length
      onEvent({ kind: 'progress', counted: 'packs', files, totalFiles: packs.size, bytes: 0 })
    }
  }
  await Promise.all(Array.from({ length: fetchedAtOnce }, fetchSome))
  return { packsRead: packsRead.toSorted(), packsUnreadable }
}

/** A pack that seems damaged is read again before its blobs are given up: it may have been the reading that went wrong. */
async function headerReadWithCare(...asked: Parameters<typeof headerOf>): Promise<IndexedPack['blobs']> {
  try {
    return await headerOf(...asked)
  } catch (error) {
    if (!isRedomaError(error) || !isDamage(error.code)) throw error
    return headerOf(...asked)
  }
}

function headerOf(
  repository: Repository,
  id: ObjectId,
  size: number,
  signal: AbortSignal,
): Promise<IndexedPack['blobs']> {
  const read = (offset: number, length: number): Promise<Uint8Array> =>
    readObject(repository, 'data', id, { offset, length }, signal)
  return readPackHeader(read, size, repository.envelope)
}

function isDamage(code: string): boolean {
  return code === 'REPOSITORY_DAMAGED' || code === 'DATA_DAMAGED' || code === 'LIMIT_EXCEEDED'
}

async function removeIndexes(
  repository: Repository,
  replaced: ReadonlySet<ObjectId>,
  signal: AbortSignal,
): Promise<void> {
  await repository.destination.flush(signal)
  for (const id of replaced)
    await repository.destination.remove(objectNameOf(repository, 'index', id), signal)
  await repository.destination.flush(signal)
}
