import { makeOpenPacks } from '../archiving/open-packs.ts'
import { makePackOutlet } from '../archiving/pack-outlet.ts'
import type { Publisher } from '../archiving/publisher.ts'
import { type BlobId, idToBytes } from '../ids.ts'
import type { BlobType } from '../packs/packed-blob.ts'
import type { Repository } from '../repository.ts'

/** Takes blobs that are new to a repository, and packs them. */
export interface BlobStore {
  /** Waits while too many packs are under way. @throws those of the destination */
  add(id: BlobId, content: Uint8Array): Promise<void>
  /** Publishes what is begun; it can be gone on with. */
  finish(): Promise<void>
}

const packsUnderWay = 2

export function makeBlobStore(type: BlobType, repository: Repository, publisher: Publisher): BlobStore {
  const outlet = makePackOutlet(publisher, repository.fileCalls, packsUnderWay)
  const packs = makeOpenPacks(type, {
    primitives: repository.primitives,
    envelope: repository.envelope,
    takeBuffer: outlet.takeBuffer,
    publish: outlet.publish,
  })
  return {
    async add(id, content) {
      packs.add(idToBytes(id), content)
      await outlet.room()
    },
    async finish() {
      packs.finish()
      await outlet.finish()
    },
  }
}
