import { isRedomaError, RedomaError } from '../../core/errors.ts'
import { type ObjectId, objectIdFromBytes } from '../ids.ts'
import { decodeIndex } from '../index/decode-index.ts'
import type { IndexedPack } from '../index/encode-index.ts'
import { listObjects, readUnpacked } from '../objects.ts'
import { encodePackHeader } from '../packs/pack-header.ts'
import { packBytesOf } from '../packs/read-pack-header.ts'
import type { Repository } from '../repository.ts'

/** What must be done so that the indexes say what is in the packs. */
export interface IndexSurvey {
  /** Indexes that go when new ones have taken their place. */
  readonly replaced: ReadonlySet<ObjectId>
  /** Of those, the ones that cannot be read. */
  readonly damaged: readonly ObjectId[]
  /** Packs that an index describes rightly and that stay in an index that stays. */
  readonly settled: ReadonlySet<ObjectId>
  /** Packs that only their own headers can describe, with their sizes. */
  readonly toRead: ReadonlyMap<ObjectId, number>
  /** Packs that an index names and that are not there. */
  readonly gone: ReadonlySet<ObjectId>
}

/**
 * Compares every index with the packs that are there, and with each other.
 *
 * @param sizes of the packs that are there, in bytes, without those that no index may name any more
 * @param readAll trust no index: every pack is read
 */
export async function surveyIndexes(
  repository: Repository,
  sizes: ReadonlyMap<ObjectId, number>,
  readAll: boolean,
  signal: AbortSignal,
): Promise<IndexSurvey> {
  const replaced = new Set<ObjectId>()
  const damaged: ObjectId[] = []
  const gone = new Set<ObjectId>()
  const toRead = new Map<ObjectId, number>()
  const known = new Map<ObjectId, { readonly index: ObjectId; readonly header: string }>()

  const takePack = (index: ObjectId, pack: IndexedPack): void => {
    const size = sizes.get(pack.id)
    const before = known.get(pack.id)
    const header = headerHashOf(pack, repository)
    if (size === undefined) {
      gone.add(pack.id)
      replaced.add(index)
    } else if (readAll || !isRight(pack, size)) {
      toRead.set(pack.id, size)
      replaced.add(index)
    } else if (before !== undefined) {
      replaced.add(index)
      if (before.header === header) return
      replaced.add(before.index)
      toRead.set(pack.id, size)
    } else known.set(pack.id, { index, header })
  }

  for await (const { id } of listObjects(repository, 'index', signal)) {
    signal.throwIfAborted()
    const packs = await readIndex(repository, id, signal)
    if (packs === undefined) {
      damaged.push(id)
      replaced.add(id)
    }
    for (const pack of packs ?? []) takePack(id, pack)
  }
  const settled = new Set<ObjectId>()
  for (const [id, { index }] of known) if (!replaced.has(index) && !toRead.has(id)) settled.add(id)
  for (const [id, size] of sizes) if (!known.has(id)) toRead.set(id, size)
  return { replaced, damaged, settled, toRead, gone }
}

/** The packs of an index, their blobs in the order of their offsets; `undefined` when it is damaged. */
export async function readIndex(
  repository: Repository,
  id: ObjectId,
  signal: AbortSignal,
): Promise<IndexedPack[] | undefined> {
  const packs: IndexedPack[] = []
  try {
    decodeIndex(await readUnpacked(repository, 'index', id, signal), (pack, blobs) => {
      packs.push({ id: pack, blobs: blobs.toSorted((a, b) => a.offset - b.offset) })
    })
    return packs
  } catch (error) {
    requireDamage(error, `index/${id}`)
    return undefined
  }
}

/** Of a form that only a newer program knows, it is authentic: to remove it could lose what that program meant. */
function requireDamage(error: unknown, what: string): void {
  if (!isRedomaError(error)) throw error
  if (isRedomaError(error.cause, 'FORMAT_UNKNOWN')) {
    throw new RedomaError('FORMAT_UNKNOWN', `${what} is of a form that this program does not know`, {
      hint: 'A newer program wrote it: repair with that one.',
      cause: error,
    })
  }
  if (error.code !== 'REPOSITORY_DAMAGED' && error.code !== 'DATA_DAMAGED') throw error
}

function isRight({ blobs }: IndexedPack, size: number): boolean {
  let end = 0
  for (const { offset, length } of blobs) {
    if (offset !== end) return false
    end += length
  }
  return blobs.length > 0 && packBytesOf(blobs) === size
}

function headerHashOf(pack: IndexedPack, { primitives }: Repository): string {
  const hash = new Uint8Array(32)
  primitives.sha256(encodePackHeader(pack.blobs), hash)
  return objectIdFromBytes(hash)
}
