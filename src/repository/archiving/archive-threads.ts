import { whenAborted } from '../../core/when-aborted.ts'
import type { FinishedPack } from '../packs/pack-builder.ts'
import type { Repository } from '../repository.ts'
import { giveBack, makeSharedBuffers, type SharedBuffers, wakeBorrowers } from '../threads/shared-buffers.ts'
import { startThread, type Thread } from '../threads/thread.ts'
import type { ArchiveOptions } from './archive-options.ts'
import type { Batch, FileQueue } from './file-queue.ts'
import type { ArchiveSetup, FromArchiveThread, ToArchiveThread } from './messages.ts'
import { openCount, packBufferBytes } from './open-packs.ts'

/** Batches that a thread has at once: the one it works on, and the next. */
const batchesAhead = 2
const program = new URL('./worker.ts', import.meta.url)

/** Takes what waits in the queue. */
export interface ArchiveThreads extends AsyncDisposable {
  readonly failure: Promise<never>
  /** Gives threads that have little to do what there is, and starts one where that is not enough. */
  dispatch(): void
  /** Waits until fewer files wait. */
  roomBelow(files: number): Promise<void>
  /** When no more files come. Waits until every one is done, and every pack given to `publish`. */
  finish(): Promise<void>
}

interface Lane {
  readonly thread: Thread<ToArchiveThread, FromArchiveThread>
  readonly batches: Batch[]
  readonly finished: PromiseWithResolvers<undefined>
}

/** Starts none before there is something to do. */
export function startArchiveThreads(
  repository: Repository,
  options: ArchiveOptions,
  count: number,
  queue: FileQueue,
): ArchiveThreads {
  const broken = Promise.withResolvers<never>()
  const failure = broken.promise
  failure.catch(() => undefined) // Whoever waits for work looks at it.
  const aborted = whenAborted(options.signal)
  aborted.promise.catch(broken.reject)
  const lanes: Lane[] = []
  // All open packs, and one on its way to the destination: so nobody waits for a buffer that is not on its way.
  const packBuffers = makeSharedBuffers(count * openCount + 1, packBufferBytes)
  /** Looked at whenever a batch went out or came back. */
  const waits = new Set<{ readonly isOver: () => boolean; readonly resolve: (value: undefined) => void }>()

  function dispatch(): void {
    for (const lane of lanes) {
      while (lane.batches.length < batchesAhead) {
        const batch = queue.next(lane.batches.length === 0)
        if (batch === undefined) break
        send(lane, batch)
      }
    }
    while (lanes.length < count) {
      const batch = queue.next(lanes.length === 0)
      if (batch === undefined) break
      send(startLane(), batch)
    }
    wake()
  }

  function wake(): void {
    for (const wait of waits) {
      if (!wait.isOver()) continue
      waits.delete(wait)
      wait.resolve(undefined)
    }
  }

  async function until(isOver: () => boolean): Promise<void> {
    if (isOver()) return
    const { promise, resolve } = Promise.withResolvers<undefined>()
    waits.add({ isOver, resolve })
    await Promise.race([promise, failure])
  }

  function send(lane: Lane, batch: Batch): void {
    lane.batches.push(batch)
    lane.thread.send({ kind: 'archive', paths: batch.paths })
  }

  function startLane(): Lane {
    const thread = startThread<ToArchiveThread, FromArchiveThread>(
      program,
      setupFor(repository, options, packBuffers),
    )
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

  async function publish(pack: FinishedPack, buffer: number): Promise<void> {
    try {
      await options.publish(pack)
      giveBack(packBuffers, buffer)
    } catch (error) {
      broken.reject(error)
    }
  }

  return {
    failure,
    dispatch,
    roomBelow: (files) => until(() => queue.waitingFiles < files),
    async finish() {
      // A thread that has nothing left to do takes the batch that is not full.
      await until(() => queue.waitingFiles === 0)
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

function setupFor(repository: Repository, options: ArchiveOptions, packBuffers: SharedBuffers): ArchiveSetup {
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
