import { expect } from 'vitest'
import type { IndexedPack } from '../../../src/repository/index/encode-index.ts'
import { readIndexFiles } from '../../../src/repository/index/read-index-files.ts'
import { listObjects } from '../../../src/repository/objects.ts'
import { packBytesOf } from '../../../src/repository/packs/read-pack-header.ts'
import { openStore, type Store } from '../../support/promises.ts'
import type { Done } from './victim.ts'

const { signal } = new AbortController()

/** What the indexes name. */
export type Indexed = readonly IndexedPack[]

export async function indexedIn(store: Store): Promise<Indexed> {
  using repository = await openStore(store)
  const ids = (await Array.fromAsync(listObjects(repository, 'index', signal))).map(({ id }) => id)
  const packs = new Map<string, IndexedPack>()
  for await (const index of readIndexFiles(repository, ids, signal))
    for (const pack of index.packs) packs.set(pack.id, pack)
  return [...packs.values()]
}

/** Bytes of content that an index names and none named before. */
export function newBytes(before: Indexed, after: Indexed): number {
  const known = idsIn(before)
  const blobs = after
    .flatMap((pack) => pack.blobs)
    .filter(({ id, type }) => type === 'data' && !known.has(id))
  return blobs.reduce((sum, { length }) => sum + length, 0)
}

/**
 * Of what an index named, nothing was put again: the bytes that were put are those of the new packs, and no blob of theirs was there.
 * What only lies in packs that no index names yet, the work of at most five minutes, is put again, as restic does.
 */
export function expectNothingPutAgain(before: Indexed, after: Indexed, done: Done, label: string): void {
  const known = new Set(before.map(({ id }) => id))
  const fresh = after.filter(({ id }) => !known.has(id))
  const ids = idsIn(before)
  const again = fresh.flatMap(({ blobs }) => blobs).filter(({ id }) => ids.has(id))
  expect({ label, again }).toEqual({ label, again: [] })
  const bytes = fresh.reduce((sum, { blobs }) => sum + packBytesOf(blobs), 0)
  expect({ label, putBytes: done.putBytes }).toEqual({ label, putBytes: bytes })
}

function idsIn(indexed: Indexed): Set<string> {
  return new Set(indexed.flatMap(({ blobs }) => blobs.map(({ id }) => String(id))))
}
