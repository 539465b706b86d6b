import type { Publisher } from '../archiving/publisher.ts'
import { type BlobIndex, makeBlobIndex } from '../blob-index/blob-index.ts'
import type { LoadedIndex } from '../blob-index/load-index.ts'
import { readInOrder, type Wanted } from '../browsing/read-in-order.ts'
import { isDamage } from '../damage.ts'
import { type BlobId, idToBytes } from '../ids.ts'
import type { OnRepositoryEvent, Repository } from '../repository.ts'
import { decodeTree } from '../trees/decode-tree.ts'
import { makeReadTree } from '../trees/read-tree.ts'
import { makeBlobStore } from './blob-store.ts'

/** Blobs that are fetched together, and then have all been copied or were found damaged: so many names are in memory. */
const batchBlobs = 4096

export interface BlobCopier {
  /** Sends what the other repository lacks of a tree. @throws RedomaError `REPOSITORY_DAMAGED` when something of it is */
  copyTree(root: BlobId): Promise<void>
  /** Publishes the packs that are begun. */
  finish(): Promise<void>
  readonly figures: { readonly blobs: number; readonly bytes: number }
}

export function makeBlobCopier(deps: {
  readonly from: Repository
  readonly to: Repository
  readonly indexes: { readonly from: LoadedIndex; readonly to: LoadedIndex }
  readonly publisher: Publisher
  readonly dryRun: boolean
  readonly onEvent: OnRepositoryEvent
  readonly signal: AbortSignal
}): BlobCopier {
  const { from, to, indexes, publisher, dryRun, onEvent, signal } = deps
  const readTree = makeReadTree(from, indexes.from)
  const stores = { data: makeBlobStore('data', to, publisher), tree: makeBlobStore('tree', to, publisher) }
  const figures = { blobs: 0, bytes: 0 }
  /** Claimed at the other repository, but never sent: no snapshot that needs one may be published. */
  const damaged = new Map<BlobId, Error>()
  /** Trees all of which is there; a table of 48 bytes an entry. */
  let complete: BlobIndex = makeBlobIndex()
  let batch: BlobId[] = []

  /** Trees that the other has are walked too: a copy that was stopped may have sent a tree before what is in it. */
  async function copyTree(tree: BlobId): Promise<void> {
    signal.throwIfAborted()
    if (!complete.claim('tree', idToBytes(tree))) return
    const content = await readTree(tree, signal)
    for (const node of decodeTree(content)) {
      for (const id of node.content ?? []) await wantData(id)
      if (node.subtree !== undefined) await copyTree(node.subtree)
    }
    if (indexes.to.blobs.claim('tree', idToBytes(tree))) await send('tree', tree, content)
  }

  async function wantData(id: BlobId): Promise<void> {
    const failure = damaged.get(id)
    if (failure !== undefined) throw failure
    if (!indexes.to.blobs.claim('data', idToBytes(id))) return
    batch.push(id)
    if (batch.length >= batchBlobs) await sendBatch()
  }

  /** All of it, also when some is damaged: what was claimed and is not damaged must be there for the next snapshot. */
  async function sendBatch(): Promise<void> {
    let rest = batch
    batch = []
    let failure: Error | undefined
    while (rest.length > 0) {
      let sent = 0
      try {
        for await (const { item, content } of readInOrder(from, indexes.from, wanted(rest, dryRun), signal)) {
          await send('data', item, content)
          sent += 1
        }
      } catch (error) {
        const bad = rest[sent]
        if (!isDamage(error) || bad === undefined) throw error
        damaged.set(bad, error)
        failure ??= error
        sent += 1
      }
      rest = rest.slice(sent)
    }
    if (failure !== undefined) throw failure
  }

  async function send(type: 'data' | 'tree', id: BlobId, content: Uint8Array | undefined): Promise<void> {
    const length = content?.length ?? lengthAt(indexes.from, id)
    if (!dryRun && content !== undefined) await stores[type].add(id, content)
    figures.blobs += 1
    figures.bytes += length
    onEvent({ kind: 'progress', files: figures.blobs, bytes: figures.bytes })
  }

  return {
    figures,
    async copyTree(root) {
      try {
        await copyTree(root)
        await sendBatch()
      } catch (error) {
        // Folders above the damage are not complete, and which they are was not kept.
        complete = makeBlobIndex()
        if (isDamage(error)) await sendBatch().catch(rethrowUnlessDamage)
        throw error
      }
    },
    async finish() {
      await stores.data.finish()
      await stores.tree.finish()
    },
  }
}

async function* wanted(ids: readonly BlobId[], dryRun: boolean): AsyncGenerator<Wanted<BlobId>> {
  for (const id of ids) yield dryRun ? { item: id } : { item: id, blob: id }
}

function lengthAt({ blobs }: LoadedIndex, id: BlobId): number {
  const place = blobs.find('data', idToBytes(id))
  if (place === undefined) return 0
  return place.uncompressedLength > 0 ? place.uncompressedLength : place.length
}

function rethrowUnlessDamage(error: unknown): void {
  if (!isDamage(error)) throw error
}
