import { isRedomaError, RedomaError } from '../../core/errors.ts'
import { oneAhead } from '../../core/one-ahead.ts'
import type { BlobPlace } from '../blob-index/blob-index.ts'
import { findCopies } from '../blob-index/find-copies.ts'
import type { LoadedIndex } from '../blob-index/load-index.ts'
import { type BlobId, idToBytes, type ObjectId } from '../ids.ts'
import { readObject } from '../objects.ts'
import { openBlob } from '../packs/open-blob.ts'
import type { PackedBlob } from '../packs/packed-blob.ts'
import type { Repository } from '../repository.ts'
import { planRegions } from '../restoring/plan-regions.ts'

/** Something on its way through, with the blob that it wants. */
export interface Wanted<Item> {
  readonly item: Item
  readonly blob?: BlobId | undefined
}

/** Stored bytes that are fetched at once; two such windows are in memory, and one blob in the clear. */
const windowBytes = 16 * 1024 * 1024
const windowItems = 4096
const fetchedAtOnce = 4

/** An item with the content of its blob, verified, or with why there is none to be had. */
export interface ReadItem<Item> {
  readonly item: Item
  readonly content: Uint8Array | undefined
  readonly damage?: RedomaError
}

/**
 * The items in their order, each with the content of its blob, verified. Blobs are fetched a window at a time, in which each region of a
 * pack is read once: small files that follow each other lie together.
 *
 * @throws RedomaError `REPOSITORY_DAMAGED` when no copy of a blob is whole, and those of the destination
 */
export async function* readInOrder<Item>(
  repository: Repository,
  index: LoadedIndex,
  wanted: AsyncIterable<Wanted<Item>>,
  signal: AbortSignal,
): AsyncGenerator<Omit<ReadItem<Item>, 'damage'>> {
  for await (const { item, content, damage } of readWhatIsWhole(repository, index, wanted, signal)) {
    if (damage !== undefined) throw damage
    yield { item, content }
  }
}

/** As `readInOrder`, but a blob of which no copy is whole ends nothing. */
export async function* readWhatIsWhole<Item>(
  repository: Repository,
  index: LoadedIndex,
  wanted: AsyncIterable<Wanted<Item>>,
  signal: AbortSignal,
): AsyncGenerator<ReadItem<Item>> {
  for await (const window of oneAhead(fetchedWindows(repository, index, wanted, signal))) {
    const findAllCopies = onceForAll(repository, window, signal)
    for (const { item, blob } of window.wanted) {
      signal.throwIfAborted()
      if (blob === undefined) yield { item, content: undefined }
      else yield { item, ...(await open(repository, window, blob, findAllCopies, signal)) }
    }
  }
}

type FindAllCopies = () => ReturnType<typeof findCopies>

/** To look for copies reads every index: where a pack is lost, once for all that a window wants of it. */
function onceForAll(repository: Repository, window: Window<unknown>, signal: AbortSignal): FindAllCopies {
  let found: ReturnType<typeof findCopies> | undefined
  return () => {
    const ids = window.wanted.flatMap(({ blob }) => (blob === undefined ? [] : [blob]))
    found ??= findCopies(repository, 'data', new Set(ids), signal)
    return found
  }
}

interface Window<Item> {
  readonly wanted: readonly Wanted<Item>[]
  readonly places: ReadonlyMap<BlobId, BlobPlace>
  /** By blob; one that could not be read is not there. */
  readonly stored: Map<BlobId, Uint8Array>
}

async function* fetchedWindows<Item>(
  repository: Repository,
  index: LoadedIndex,
  wanted: AsyncIterable<Wanted<Item>>,
  signal: AbortSignal,
): AsyncGenerator<Window<Item>> {
  let items: Wanted<Item>[] = []
  let places = new Map<BlobId, BlobPlace>()
  let bytes = 0
  for await (const item of wanted) {
    items.push(item)
    const { blob } = item
    // One that is missing is told of in its turn, when it is opened.
    const place = blob === undefined ? undefined : index.blobs.find('data', idToBytes(blob))
    if (blob !== undefined && place !== undefined && !places.has(blob)) {
      places.set(blob, place)
      bytes += place.length
    }
    if (bytes < windowBytes && items.length < windowItems) continue
    yield { wanted: items, places, stored: await fetch(repository, index, places, signal) }
    items = []
    places = new Map()
    bytes = 0
  }
  yield { wanted: items, places, stored: await fetch(repository, index, places, signal) }
}

async function fetch(
  repository: Repository,
  index: LoadedIndex,
  places: ReadonlyMap<BlobId, BlobPlace>,
  signal: AbortSignal,
): Promise<Map<BlobId, Uint8Array>> {
  const byPack = Map.groupBy(
    [...places].map(([id, place]) => ({ id, place })),
    ({ place }) => place.pack,
  )
  const stored = new Map<BlobId, Uint8Array>()
  const regions = [...byPack].flatMap(([pack, blobs]) =>
    planRegions(blobs).map((region) => ({ pack, ...region })),
  )
  const queue = regions.values()
  const fetchSome = async (): Promise<void> => {
    for (const { pack, offset, length, blobs } of queue) {
      const bytes = await readRange(repository, index.packs[pack], { offset, length }, signal)
      for (const { id, place } of bytes === undefined ? [] : blobs) {
        stored.set(
          id,
          bytes?.subarray(place.offset - offset, place.offset - offset + place.length) ?? noBytes,
        )
      }
    }
  }
  await Promise.all(Array.from({ length: fetchedAtOnce }, fetchSome))
  return stored
}

const noBytes = new Uint8Array(0)

/** `undefined` when the pack is not there, or cut off: there may be copies of what was in it. */
async function readRange(
  repository: Repository,
  pack: ObjectId | undefined,
  range: { readonly offset: number; readonly length: number },
  signal: AbortSignal,
): Promise<Uint8Array | undefined> {
  if (pack === undefined) return undefined
  try {
    return await readObject(repository, 'data', pack, range, signal)
  } catch (error) {
    if (!isRedomaError(error, 'REPOSITORY_DAMAGED')) throw error
    return undefined
  }
}

async function open(
  repository: Repository,
  { places, stored }: Window<unknown>,
  id: BlobId,
  findAllCopies: FindAllCopies,
  signal: AbortSignal,
): Promise<Omit<ReadItem<unknown>, 'item'>> {
  const place = places.get(id)
  const bytes = stored.get(id)
  const read =
    place === undefined || bytes === undefined
      ? undefined
      : tryOpening(repository, { ...place, id, type: 'data' }, bytes)
  const content = read ?? (await openCopy(repository, id, await findAllCopies(), signal))
  if (content !== undefined) return { content }
  const what = `the blob ${id} is missing or damaged, and there is no whole copy of it`
  return { content, damage: new RedomaError('REPOSITORY_DAMAGED', what) }
}

/** The repository may hold it more than once. */
async function openCopy(
  repository: Repository,
  id: BlobId,
  copies: Awaited<ReturnType<FindAllCopies>>,
  signal: AbortSignal,
): Promise<Uint8Array | undefined> {
  for (const { pack, blob } of copies.get(id) ?? []) {
    const bytes = await readRange(repository, pack, blob, signal)
    const content = bytes === undefined ? undefined : tryOpening(repository, blob, bytes)
    if (content !== undefined) return content
  }
  return undefined
}

function tryOpening(
  { envelope, primitives }: Repository,
  blob: PackedBlob,
  bytes: Uint8Array,
): Uint8Array | undefined {
  try {
    return openBlob(blob, bytes, envelope, primitives)
  } catch (error) {
    if (!isRedomaError(error, 'DATA_DAMAGED')) throw error
    return undefined
  }
}
