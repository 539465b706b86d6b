import { makeBlobIndex } from '../blob-index/blob-index.ts'
import type { LoadedIndex } from '../blob-index/load-index.ts'
import { isDamage } from '../damage.ts'
import { type BlobId, blobIdFromBytes, idBytes, idToBytes } from '../ids.ts'
import type { Repository } from '../repository.ts'
import type { ReadTree } from '../trees/read-tree.ts'
import { makeOpenPacks } from './open-packs.ts'
import { makePackOutlet } from './pack-outlet.ts'
import type { Publisher } from './publisher.ts'

/** Stores trees that are new, on the main thread: they are few and small beside the files. */
export interface TreeStore {
  /**
   * Returns the id of the tree. One that is stored already counts as stored once it was read: it may be damaged, and a snapshot that
   * names it would be done and could not be restored. What cannot be read is stored again.
   *
   * @param proven a tree that was read in this run
   */
  store(tree: Uint8Array, proven?: BlobId): BlobId
  /** Waits while packs are under way, and looks at trees that were known. */
  room(): Promise<void>
  finish(): Promise<void>
}

export interface TreeStoreDeps {
  readonly repository: Repository
  readonly index: Pick<LoadedIndex, 'blobs'>
  readonly readTree: ReadTree
  readonly publisher: Publisher
  /** A tree that is stored again. */
  readonly onLost?: () => void
  readonly signal: AbortSignal
}

const packsUnderWay = 1
/** Trees that are known and not proven, which are few (folders that were moved, or are the same): so many are kept until they are looked at. */
const unprovenAtOnce = 64

export function makeTreeStore(deps: TreeStoreDeps): TreeStore {
  const { repository, publisher } = deps
  const { blobs } = deps.index
  const outlet = makePackOutlet(publisher, repository.fileCalls, packsUnderWay)
  const id = new Uint8Array(idBytes)
  const packs = makeOpenPacks('tree', {
    primitives: repository.primitives,
    envelope: repository.envelope,
    takeBuffer: outlet.takeBuffer,
    publish: outlet.publish,
  })
  const lookedAt = makeBlobIndex()
  let unproven: { readonly name: BlobId; readonly tree: Uint8Array }[] = []

  async function prove(): Promise<void> {
    const some = unproven
    unproven = []
    for (const { name, tree } of some) {
      if (await isReadable(name)) continue
      packs.add(idToBytes(name), tree)
      deps.onLost?.()
    }
  }

  async function isReadable(name: BlobId): Promise<boolean> {
    try {
      await deps.readTree(name, deps.signal)
      return true
    } catch (error) {
      if (isDamage(error)) return false
      throw error
    }
  }

  return {
    store(tree, proven) {
      repository.primitives.sha256(tree, id)
      const name = blobIdFromBytes(id)
      // What this run has stored has no place yet.
      const isStored = blobs.find('tree', id) !== undefined
      if (blobs.claim('tree', id)) packs.add(id, tree)
      else if (isStored && name !== proven && lookedAt.claim('tree', id)) unproven.push({ name, tree })
      return name
    },
    async room() {
      if (unproven.length >= unprovenAtOnce) await prove()
      await outlet.room()
    },
    async finish() {
      await prove()
      packs.finish()
      await outlet.finish()
    },
  }
}
