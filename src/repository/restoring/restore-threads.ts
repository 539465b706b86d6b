import type { Repository } from '../repository.ts'
import { startThread, type Thread } from '../threads/thread.ts'
import { whenAborted } from '../threads/when-aborted.ts'
import type { FromRestoreThread, RestoreSetup, ToRestoreThread } from './messages.ts'

/** Messages that a thread has at once: the one it works on, and the next. */
const messagesAhead = 2

/** Work for threads that restore. */
export interface RestoreThreads extends AsyncDisposable {
  /** Waits until a thread takes the message; `done` is called when it is through. */
  submit(message: ToRestoreThread, done: (answer: FromRestoreThread) => void): Promise<void>
  /** Waits until all that was submitted is done. */
  idle(): Promise<void>
}

interface Lane {
  readonly thread: Thread<ToRestoreThread, FromRestoreThread>
  readonly done: ((answer: FromRestoreThread) => void)[]
}

/** @param mark for the names of files that are not whole yet */
export function startRestoreThreads(
  repository: Repository,
  count: number,
  mark: string,
  signal: AbortSignal,
): RestoreThreads {
  const setup: RestoreSetup = {
    masterKey: repository.masterKey,
    primitives: repository.primitives.name,
    fileCalls: repository.fileCalls.name,
    mark,
  }
  const lanes: Lane[] = Array.from({ length: count }, () => ({
    thread: startThread<ToRestoreThread, FromRestoreThread>(new URL('./worker.ts', import.meta.url), setup),
    done: [],
  }))
  const aborted = whenAborted(signal)
  const failure = Promise.race([...lanes.map(({ thread }) => thread.failure), aborted.promise])
  failure.catch(() => undefined)
  let answered = Promise.withResolvers<undefined>()

  for (const lane of lanes) {
    lane.thread.onMessage = (answer) => {
      lane.done.shift()?.(answer)
      answered.resolve(undefined)
      answered = Promise.withResolvers<undefined>()
    }
  }

  async function until(condition: () => boolean): Promise<void> {
    while (!condition()) await Promise.race([answered.promise, failure])
  }

  return {
    async submit(message, done) {
      await until(() => lanes.some((lane) => lane.done.length < messagesAhead))
      const lane = lanes.reduce((least, other) => (other.done.length < least.done.length ? other : least))
      lane.done.push(done)
      lane.thread.send(message, message.kind === 'region' ? [message.bytes.buffer] : [])
    },
    idle: () => until(() => lanes.every((lane) => lane.done.length === 0)),
    async [Symbol.asyncDispose]() {
      aborted[Symbol.dispose]()
      await Promise.all(lanes.map(({ thread }) => thread.stop()))
    },
  }
}
