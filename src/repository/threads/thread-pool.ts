import { availableParallelism } from 'node:os'
import { type Transferable, Worker } from 'node:worker_threads'
import { RedomaError } from '../../core/errors.ts'
import { errorOf, type ThreadFailure } from './thread-failure.ts'

/** One worker thread, and the way to it. */
export interface Thread<ToThread, FromThread> {
  readonly number: number
  send(message: ToThread, transfer?: readonly Transferable[]): void
  /** What it says next is given to `onMessage`. */
  onMessage: (message: FromThread) => void
}

export interface ThreadPool<ToThread, FromThread> extends AsyncDisposable {
  readonly threads: readonly Thread<ToThread, FromThread>[]
  /** Rejects when any thread fails or dies; never resolves. */
  readonly failure: Promise<never>
}

/** Young generations of tens of megabytes a thread would be most of the memory of a run. */
const threadLimits = { maxYoungGenerationSizeMb: 8 }

export function startThreads<ToThread, FromThread>(
  program: URL,
  setups: readonly { readonly data: unknown; readonly transfer: readonly Transferable[] }[],
): ThreadPool<ToThread, FromThread> {
  const { promise: failure, reject } = Promise.withResolvers<never>()
  failure.catch(() => undefined) // Whoever waits for work looks at it; until then it is nobody's fault.
  const workers = setups.map(({ data, transfer }) => {
    const options = { workerData: data, transferList: [...transfer], resourceLimits: threadLimits }
    return new Worker(program, options)
  })
  let closing = false
  const threads = workers.map((worker, number) => {
    const thread: Thread<ToThread, FromThread> = {
      number,
      send: (message, transfer = []) => {
        worker.postMessage(message, [...transfer])
      },
      onMessage: () => undefined,
    }
    worker.on('message', (message: FromThread | ThreadFailure) => {
      if (isFailure(message)) reject(errorOf(message))
      else thread.onMessage(message)
    })
    worker.on('error', (cause) => {
      reject(new RedomaError('INTERNAL', `a worker thread died: ${String(cause)}`, { cause }))
    })
    worker.on('exit', (code) => {
      if (!closing) reject(new RedomaError('INTERNAL', `a worker thread ended with code ${code}`))
    })
    return thread
  })
  return {
    threads,
    failure,
    async [Symbol.asyncDispose]() {
      closing = true
      await Promise.all(workers.map((worker) => worker.terminate()))
    },
  }
}

/** As many threads as can really run at once, unless said otherwise. */
export function threadCount(asked: number | undefined): number {
  return Math.max(1, asked ?? Math.min(availableParallelism(), 16))
}

function isFailure(message: unknown): message is ThreadFailure {
  return typeof message === 'object' && message !== null && 'kind' in message && message.kind === 'failed'
}
