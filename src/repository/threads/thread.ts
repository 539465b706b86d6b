import { availableParallelism } from 'node:os'
import { setTimeout as wait } from 'node:timers/promises'
import { type Transferable, Worker } from 'node:worker_threads'
import { RedomaError } from '../../core/errors.ts'
import { stopMessage } from './stopping.ts'
import { errorOf, type ThreadFailure } from './thread-failure.ts'

/** A worker thread, and the way to it. */
export interface Thread<ToThread, FromThread> {
  send(message: ToThread, transfer?: readonly Transferable[]): void
  /** Is given what the thread says. */
  onMessage: (message: FromThread) => void
  /** Rejects when the thread fails or dies; never resolves. */
  readonly failure: Promise<never>
  stop(): Promise<void>
}

/** Young generations of tens of megabytes a thread would be most of the memory of a run. */
const resourceLimits = { maxYoungGenerationSizeMb: 8 }

/** Longer than any file or chunk takes, on a machine that has much else to do too. */
const patienceMs = 10_000

export function startThread<ToThread, FromThread>(
  program: URL,
  workerData: object,
  transferList: readonly Transferable[] = [],
): Thread<ToThread, FromThread> {
  const { promise: failure, reject } = Promise.withResolvers<never>()
  failure.catch(() => undefined) // Whoever waits for work looks at it; until then it is nobody's fault.
  const stopFlag = new SharedArrayBuffer(4)
  const worker = new Worker(program, {
    workerData: { ...workerData, stopFlag },
    transferList: [...transferList],
    resourceLimits,
  })
  let stopping = false
  const ended = Promise.withResolvers<undefined>()
  const thread: Thread<ToThread, FromThread> = {
    failure,
    onMessage: () => undefined,
    send: (message, transfer = []) => {
      worker.postMessage(message, [...transfer])
    },
    async stop() {
      stopping = true
      Atomics.store(new Int32Array(stopFlag), 0, 1)
      worker.postMessage(stopMessage)
      // To terminate a thread inside a native call ends the whole process: only one that hears nothing is terminated.
      await Promise.race([ended.promise, wait(patienceMs, undefined, { ref: false })])
      await worker.terminate()
    },
  }
  worker.on('message', (message: FromThread | ThreadFailure) => {
    if (isFailure(message)) reject(errorOf(message))
    else thread.onMessage(message)
  })
  worker.on('error', (cause) => {
    reject(new RedomaError('INTERNAL', `a worker thread died: ${String(cause)}`, { cause }))
  })
  worker.on('exit', (code) => {
    ended.resolve(undefined)
    if (!stopping) reject(new RedomaError('INTERNAL', `a worker thread ended with code ${code}`))
  })
  return thread
}

/** As many threads as can really run at once, unless said otherwise. */
export function threadCount(asked: number | undefined): number {
  return Math.max(1, asked ?? Math.min(availableParallelism(), 16))
}

function isFailure(message: unknown): message is ThreadFailure {
  return typeof message === 'object' && message !== null && 'kind' in message && message.kind === 'failed'
}
