import { isRedomaError, RedomaError } from '../../core/errors.ts'
import { idBytes, type ObjectId, objectIdFromBytes } from '../ids.ts'
import { longestFile } from '../longest.ts'
import { openBlob } from '../packs/open-blob.ts'
import type { PackedBlob } from '../packs/packed-blob.ts'
import { packHeaderOf } from '../packs/read-pack-header.ts'
import type { Repository } from '../repository.ts'
import { readAround } from './read-around.ts'

/** As a reading found them, and as they are sealed. */
export interface FoundBlobs {
  readonly whole: ReadonlyMap<string, { readonly blob: PackedBlob; readonly sealed: Uint8Array }>
  readonly damaged: ReadonlyMap<string, PackedBlob>
}

/** What is whole in a pack, and readings of it that are not what its name says. */
export interface FoundPack extends FoundBlobs {
  readonly damagedReadings: readonly Uint8Array[]
}

/**
 * What is whole in a pack. Unless all of it is as its name says it is read twice, and what either reading brings counts: the pack
 * goes for good, and it may have been a reading that went wrong.
 */
export async function findWhole(
  repository: Repository,
  pack: ObjectId,
  indexed: readonly PackedBlob[],
  signal: AbortSignal,
): Promise<FoundPack> {
  // What an index names is read, however long the pack became.
  const longest = indexed.reduce(
    (end, { offset, length }) => Math.max(end, offset + length),
    longestFile.data,
  )
  const bytes = await readAround(repository, pack, longest, signal)
  if (indexed.length === 0 && bytes.length >= longest) throw undescribed(pack)
  const first = sort(repository, bytes, indexed)
  if (isWhole(repository, pack, bytes)) return { ...first, damagedReadings: [] }
  const again = await readAround(repository, pack, longest, signal)
  const second = sort(repository, again, indexed)
  const whole = new Map([...second.whole, ...first.whole])
  const damaged = [...second.damaged, ...first.damaged].filter(([key]) => !whole.has(key))
  const readings = Buffer.compare(bytes, again) === 0 ? [bytes] : [bytes, again]
  const damagedReadings = isWhole(repository, pack, again) ? [] : readings.filter(({ length }) => length > 0)
  return { whole, damaged: new Map(damaged), damagedReadings }
}

/** Its header was not reached, and tells alone what is in it: to go on would remove what may be whole. */
function undescribed(pack: ObjectId): RedomaError {
  return new RedomaError(
    'REPOSITORY_DAMAGED',
    `data/${pack} is longer than any such file is, and in no index`,
    {
      hint: 'Nothing was removed. Take that file from another copy of the repository.',
    },
  )
}

function isWhole({ primitives }: Repository, pack: ObjectId, bytes: Uint8Array): boolean {
  const hash = new Uint8Array(idBytes)
  primitives.sha256(bytes, hash)
  return objectIdFromBytes(hash) === pack
}

/** By the pack's own header where that is whole, else by what indexes say. */
function sort(
  { envelope, primitives }: Repository,
  bytes: Uint8Array,
  indexed: readonly PackedBlob[],
): FoundBlobs {
  const whole = new Map<string, { readonly blob: PackedBlob; readonly sealed: Uint8Array }>()
  const damaged = new Map<string, PackedBlob>()
  for (const blob of [...ownBlobs(bytes, envelope), ...indexed]) {
    const key = `${blob.type} ${blob.id} ${blob.offset}`
    if (whole.has(key) || damaged.has(key)) continue
    const sealed = bytes.subarray(blob.offset, blob.offset + blob.length)
    try {
      openBlob(blob, sealed, envelope, primitives)
      whole.set(key, { blob, sealed })
    } catch (error) {
      if (!isRedomaError(error)) throw error
      damaged.set(key, blob)
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
