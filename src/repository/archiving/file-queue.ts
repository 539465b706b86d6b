import type { RawPath } from '../files/raw-path.ts'
import type { ArchivedFile } from './messages.ts'

/** A batch goes out with this many files, or this many bytes: small files must share a message, large ones the threads. */
const batchFiles = 128
const batchBytes = 4 * 1024 * 1024

/** Files that are archived one after the other, and who is told of each. */
export interface Batch {
  readonly paths: RawPath[]
  readonly done: ((file: ArchivedFile) => void)[]
  bytes: number
}

/** Files that wait to be archived, in batches. */
export interface FileQueue {
  readonly waitingFiles: number
  readonly waitingBytes: number
  /** True when a batch is full with it. */
  add(path: RawPath, bytes: number, done: (file: ArchivedFile) => void): boolean
  /** The batch that waits longest; one that is not full yet only when it is `early`. */
  next(early: boolean): Batch | undefined
}

export function makeFileQueue(): FileQueue {
  const full: Batch[] = []
  let open = newBatch()
  let waitingFiles = 0
  let waitingBytes = 0

  function closeOpen(): Batch {
    const closed = open
    open = newBatch()
    return closed
  }

  return {
    get waitingFiles() {
      return waitingFiles
    },
    get waitingBytes() {
      return waitingBytes
    },
    add(path, bytes, done) {
      open.paths.push(path)
      open.done.push(done)
      open.bytes += bytes
      waitingFiles++
      waitingBytes += bytes
      if (open.paths.length < batchFiles && open.bytes < batchBytes) return false
      full.push(closeOpen())
      return true
    },
    next(early) {
      const batch = full.shift() ?? (early && open.paths.length > 0 ? closeOpen() : undefined)
      waitingFiles -= batch?.paths.length ?? 0
      waitingBytes -= batch?.bytes ?? 0
      return batch
    },
  }
}

function newBatch(): Batch {
  return { paths: [], done: [], bytes: 0 }
}
