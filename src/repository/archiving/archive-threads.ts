import type { BlobIndex } from '../blob-index/blob-index.ts'
import type { RawPath } from '../files/raw-path.ts'
import type { Repository } from '../repository.ts'
import { giveBack, makeSharedBuffers, type SharedBuffers, wakeBorrowers } from '../threads/shared-buffers.ts'
import { startThread, type Thread } from '../threads/thread.ts'
import { whenAborted } from '../threads/when-aborted.ts'
import type { ArchivedFile, ArchiveSetup, FromArchiveThread, ToArchiveThread } from './messages.ts'
import { openCount, type PackToPublish, packBufferBytes } from './open-packs.ts'

/** A batch goes out with this many files, or this many bytes: small files must share a message, large ones the threads. */
const batchFiles = 128
const batchBytes = 4 * 1024 * 1024
/** Batches that a thread has at once: the one it works on, and the next. */
const batchesAhead = 2
const program = new URL('./worker.ts', import.meta.url)
/** Files that wait; above it the walker pauses, which bounds memory however large the tree is. */
const maxWaitingFiles = 2048

/** Files to read go in, nodes come out by `done`, packs by `publish`. */
export interface ArchiveThreads extends AsyncDisposable {
  readonly failure: Promise<never>
  submit(path: RawPath, bytes: number, done: (file: ArchivedFile) => void): void
  /** Waits while enough files are under way. */
  room(): Promise<void>
  /** Waits until every file is done, and every pack given to `publish`. */
  finish(): Promise<void>
}

interface Batch {
  readonly paths: RawPath[]
  readonly done: ((file: ArchivedFile) => void)[]
  bytes: number
}

interface Lane {
  readonly thread: Thread<ToArchiveThread, FromArchiveThread>
  readonly batches: Batch[]
  readonly finished: PromiseWithResolvers<undefined>
}

export function startArchiveThreads(
  repository: Repository,
  options: {
    readonly threads: number
    readonly blobIndex: BlobIndex
    readonly withAccessTimes: boolean
    readonly signal: AbortSignal
    /** Its buffer is free again when the promise is kept. */
    readonly publish: (pack: PackToPublish) => Promise<void>
  },
): ArchiveThreads {
  const broken = Promise.withResolvers<never>()
  const failure = broken.promise
  failure.catch(() => undefined) // Whoever waits for work looks at it.
  const aborted = whenAborted(options.signal)
  aborted.promise.catch(broken.reject)
  const lanes: Lane[] = []
  // All open packs, and one on its way to the destination: so nobody waits for a buffer that is not on its way.
  const packBuffers = makeSharedBuffers(options.threads * openCount + 1, packBufferBytes)
  let open = newBatch()
  const waiting: Batch[] = []
  let waitingFiles = 0
  let wakeWalker: (() => void) | undefined

  function dispatch(): void {
    for (const lane of lanes) {
      while (lane.batches.length < batchesAhead) {
        const batch = nextBatch(lane.batches.length === 0)
        if (batch === undefined) break
        send(lane, batch)
      }
    }
    // A thread costs a third of a second to start: where nothing is new, none is.
    while (lanes.length < options.threads) {
      const batch = nextBatch(lanes.length === 0)
      if (batch === undefined) break
      send(startLane(), batch)
    }
    if (waitingFiles < maxWaitingFiles) wakeWalker?.()
  }

  function send(lane: Lane, batch: Batch): void {
    lane.batches.push(batch)
    waitingFiles -= batch.paths.length
    lane.thread.send({ kind: 'archive', paths: batch.paths })
  }

  function startLane(): Lane {
    const data = setupFor(repository, options, packBuffers)
    const thread = startThread<ToArchiveThread, FromArchiveThread>(program, data)
    const lane: Lane = { thread, batches: [], finished: Promise.withResolvers() }
    thread.onMessage = (message) => {
      receiveSafely(lane, message)
    }
    thread.failure.catch(broken.reject)
    lanes.push(lane)
    return lane
  }

  /** Trees are made while answers are taken, and that may fail too. */
  function receiveSafely(lane: Lane, message: FromArchiveThread): void {
    try {
      receive(lane, message)
    } catch (error) {
      broken.reject(error)
    }
  }

  /** A thread with nothing to do gets what there is. */
  function nextBatch(idle: boolean): Batch | undefined {
    const batch = waiting.shift()
    if (batch !== undefined || !idle || open.paths.length === 0) return batch
    const early = open
    open = newBatch()
    return early
  }

  function receive(lane: Lane, message: FromArchiveThread): void {
    switch (message.kind) {
      case 'archived': {
        const batch = lane.batches.shift()
        dispatch()
        for (const [index, file] of message.files.entries()) batch?.done[index]?.(file)
        return
      }
      case 'pack':
        void publish(message.pack, message.buffer)
        return
      case 'finished':
        lane.finished.resolve(undefined)
    }
  }

  async function publish(pack: PackToPublish, buffer: number): Promise<void> {
    try {
      await options.publish(pack)
      giveBack(packBuffers, buffer)
    } catch (error) {
      broken.reject(error)
    }
  }

  return {
    failure,
    submit(path, bytes, done) {
      open.paths.push(path)
      open.done.push(done)
      open.bytes += bytes
      waitingFiles++
      if (open.paths.length < batchFiles && open.bytes < batchBytes) return
      waiting.push(open)
      open = newBatch()
      dispatch()
    },
    async room() {
      dispatch()
      if (waitingFiles < maxWaitingFiles) return
      const { promise, resolve } = Promise.withResolvers<undefined>()
      wakeWalker = () => {
        resolve(undefined)
      }
      await Promise.race([promise, failure])
      wakeWalker = undefined
    },
    async finish() {
      for (const { thread } of lanes) thread.send({ kind: 'finish' })
      await Promise.race([Promise.all(lanes.map(({ finished }) => finished.promise)), failure])
    },
    async [Symbol.asyncDispose]() {
      aborted[Symbol.dispose]()
      const stopped = lanes.map(({ thread }) => thread.stop())
      // A thread that waits for a buffer hears nothing else.
      wakeBorrowers(packBuffers)
      await Promise.all(stopped)
    },
  }
}

function setupFor(
  repository: Repository,
  options: { readonly blobIndex: BlobIndex; readonly withAccessTimes: boolean },
  packBuffers: SharedBuffers,
): ArchiveSetup {
  return {
    masterKey: repository.masterKey,
    chunkerPolynomial: repository.config.chunkerPolynomial,
    primitives: repository.primitives.name,
    fileCalls: repository.fileCalls.name,
    blobIndex: options.blobIndex.memory,
    withAccessTimes: options.withAccessTimes,
    packBuffers,
  }
}

function newBatch(): Batch {
  return { paths: [], done: [], bytes: 0 }
}
