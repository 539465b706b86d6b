import { RedomaError } from '../../core/errors.ts'
import type { LoadedIndex } from '../blob-index/load-index.ts'
import { type BlobId, blobIdFromBytes, idToBytes } from '../ids.ts'
import type { OnRepositoryEvent, Repository } from '../repository.ts'
import type { StoredSnapshot } from '../snapshots/snapshot.ts'
import { makeReadTree, type OnTrees } from '../trees/read-tree.ts'
import { visitNamedBlobs } from './named-blobs.ts'

/** For each blob, by its number, 1 when a snapshot needs it. */
export type UsedBlobs = Uint8Array

/** Trees between two reports of progress. */
const reportedEvery = 256

/**
 * Walks all trees of the snapshots, each once, and marks what they name. Trees are read in the order in which they lie in
 * packs, as far as they are known of, so that a pack is fetched once or twice and not for every tree in it.
 *
 * @throws RedomaError `REPOSITORY_DAMAGED` when something that is needed is in no index, or a tree cannot be read
 */
export async function markUsed(
  repository: Repository,
  index: LoadedIndex,
  snapshots: readonly StoredSnapshot[],
  onTrees: OnTrees,
  onEvent: OnRepositoryEvent,
  signal: AbortSignal,
): Promise<UsedBlobs> {
  const { blobs } = index
  const used = new Uint8Array(blobs.count)
  const readTree = makeReadTree(repository, index, onTrees)
  const waiting = new Map<number, BlobId[]>()
  let trees = 0
  let bytes = 0

  const markTree = (id: Uint8Array, namedBy: () => string): void => {
    const number = blobs.numberOf('tree', id)
    const place = number === undefined ? undefined : blobs.find('tree', id)
    if (number === undefined || place === undefined)
      throw missing(`the folder ${blobIdFromBytes(id)}`, namedBy())
    if (used[number] === 1) return
    used[number] = 1
    const others = waiting.get(place.pack)
    if (others === undefined) waiting.set(place.pack, [blobIdFromBytes(id)])
    else others.push(blobIdFromBytes(id))
  }
  const markData = (id: Uint8Array, namedBy: () => string): void => {
    const number = blobs.numberOf('data', id)
    if (number === undefined) throw missing(`the content ${blobIdFromBytes(id)}`, namedBy())
    used[number] = 1
  }

  for (const { id, tree } of snapshots) markTree(idToBytes(tree), () => `snapshot ${id}`)
  for (let pack = fullest(waiting); pack !== undefined; pack = fullest(waiting)) {
    const ids = waiting.get(pack) ?? []
    for (let id = ids.pop(); id !== undefined; id = ids.pop()) {
      signal.throwIfAborted()
      const tree = await readTree(id, signal)
      const namedBy = namer(id)
      visitNamedBlobs(tree, (type, named) => {
        if (type === 'tree') markTree(named, namedBy)
        else markData(named, namedBy)
      })
      trees++
      bytes += tree.length
      if (trees % reportedEvery === 0) onEvent({ kind: 'progress', files: trees, bytes })
    }
    waiting.delete(pack)
  }
  return used
}

/** The pack with the most trees that are waited for. */
function fullest(waiting: ReadonlyMap<number, readonly BlobId[]>): number | undefined {
  let found: number | undefined
  let most = 0
  for (const [pack, ids] of waiting) {
    if (ids.length <= most) continue
    found = pack
    most = ids.length
  }
  return found
}

function namer(tree: BlobId): () => string {
  return () => `the folder ${tree}`
}

function missing(what: string, namedBy: string): RedomaError {
  return new RedomaError('REPOSITORY_DAMAGED', `${what}, which ${namedBy} names, is in no index`, {
    hint: 'Nothing was removed. See which snapshots are harmed: redoma backup verify',
  })
}
