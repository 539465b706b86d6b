import { makeOpenPacks, packBufferBytes } from '../archiving/open-packs.ts'
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
  const spare: Uint8Array[] = []
  const underWay = new Set<Promise<void>>()
  const packs = makeOpenPacks(type, {
    primitives: repository.primitives,
    envelope: repository.envelope,
    takeBuffer: () => spare.pop() ?? new Uint8Array(packBufferBytes),
    publish: (pack) => {
      const done = publisher.publish(pack).then(() => {
        spare.push(new Uint8Array(pack.bytes.buffer))
        underWay.delete(done)
      })
      done.catch(() => undefined) // `add` or `finish` will see it.
      underWay.add(done)
    },
  })
  return {
    async add(id, content) {
      packs.add(idToBytes(id), content)
      if (underWay.size > packsUnderWay) await Promise.race(underWay)
    },
    async finish() {
      packs.finish()
      await Promise.all(underWay)
    },
  }
}
