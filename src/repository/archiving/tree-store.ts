import type { BlobIndex } from '../blob-index/blob-index.ts'
import { type BlobId, blobIdFromBytes, idBytes } from '../ids.ts'
import type { Repository } from '../repository.ts'
import { makeOpenPacks } from './open-packs.ts'
import { makePackOutlet } from './pack-outlet.ts'
import type { Publisher } from './publisher.ts'

/** Stores trees that are new, on the main thread: they are few and small beside the files. */
export interface TreeStore {
  /**
   * `isNew` is false when the tree was known.
   *
   * @param proven a tree that was read in this run
   */
  store(tree: Uint8Array, proven?: BlobId): { readonly id: BlobId; readonly isNew: boolean }
  /** A tree that is stored cannot be read: from now on those that are not proven are stored again. */
  doubt(): void
  /** Waits while packs are under way. */
  room(): Promise<void>
  finish(): Promise<void>
}

const packsUnderWay = 1

export function makeTreeStore(repository: Repository, blobs: BlobIndex, publisher: Publisher): TreeStore {
  const outlet = makePackOutlet(publisher, repository.fileCalls, packsUnderWay)
  const id = new Uint8Array(idBytes)
  let storedAgain: Set<BlobId> | undefined
  const packs = makeOpenPacks('tree', {
    primitives: repository.primitives,
    envelope: repository.envelope,
    takeBuffer: outlet.takeBuffer,
    publish: outlet.publish,
  })
  return {
    store(tree, proven) {
      repository.primitives.sha256(tree, id)
      const name = blobIdFromBytes(id)
      const isDoubtful = storedAgain !== undefined && name !== proven && !storedAgain.has(name)
      const isNew = blobs.claim('tree', id) || isDoubtful
      if (isNew) packs.add(id, tree)
      if (isNew) storedAgain?.add(name)
      return { id: name, isNew }
    },
    doubt() {
      storedAgain ??= new Set()
    },
    room: () => outlet.room(),
    async finish() {
      packs.finish()
      await outlet.finish()
    },
  }
}
