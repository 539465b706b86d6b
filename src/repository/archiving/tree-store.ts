import type { BlobIndex } from '../blob-index/blob-index.ts'
import { type BlobId, blobIdFromBytes, idBytes } from '../ids.ts'
import type { Repository } from '../repository.ts'
import { makeOpenPacks } from './open-packs.ts'
import { makePackOutlet } from './pack-outlet.ts'
import type { Publisher } from './publisher.ts'

/** Stores trees that are new, on the main thread: they are few and small beside the files. */
export interface TreeStore {
  /** False when the tree was known. */
  store(tree: Uint8Array): { readonly id: BlobId; readonly isNew: boolean }
  /** Waits while packs are under way. */
  room(): Promise<void>
  finish(): Promise<void>
}

const packsUnderWay = 1

export function makeTreeStore(repository: Repository, blobs: BlobIndex, publisher: Publisher): TreeStore {
  const outlet = makePackOutlet(publisher, repository.fileCalls, packsUnderWay)
  const id = new Uint8Array(idBytes)
  const packs = makeOpenPacks('tree', {
    primitives: repository.primitives,
    envelope: repository.envelope,
    takeBuffer: outlet.takeBuffer,
    publish: outlet.publish,
  })
  return {
    store(tree) {
      repository.primitives.sha256(tree, id)
      const isNew = blobs.claim('tree', id)
      if (isNew) packs.add(id, tree)
      return { id: blobIdFromBytes(id), isNew }
    },
    room: () => outlet.room(),
    async finish() {
      packs.finish()
      await outlet.finish()
    },
  }
}
