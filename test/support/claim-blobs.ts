import { createHash } from 'node:crypto'
import { parentPort, workerData } from 'node:worker_threads'
import { type BlobIndexMemory, shareBlobIndex } from '../../src/repository/blob-index/blob-index.ts'

/** What a thread of this program is given. */
export interface Claims {
  readonly memory: BlobIndexMemory
  readonly blobs: number
  /** One word: threads that are not ready yet. */
  readonly notReady: SharedArrayBuffer
}

/** A thread that claims blobs together with others, all in the same order, and says how many it got. */
const { memory, blobs, notReady } = workerData as Claims
const index = shareBlobIndex(memory)
const ids = Array.from({ length: blobs }, (_, n) => createHash('sha256').update(`${n}`).digest())

const waiting = new Int32Array(notReady)
Atomics.sub(waiting, 0, 1)
while (Atomics.load(waiting, 0) > 0);

const mine = ids.filter((id) => index.claim('data', id))
for (const id of mine) index.put('data', id, { pack: 1, offset: 0, length: 40, uncompressedLength: 0 })
parentPort?.postMessage(mine.length)
