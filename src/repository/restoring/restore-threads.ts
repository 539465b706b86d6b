import type { Repository } from '../repository.ts'
import { startLanes } from '../threads/lanes.ts'
import type { FromRestoreThread, RestoreSetup, ToRestoreThread } from './messages.ts'

/** Work for threads that restore. */
export interface RestoreThreads extends AsyncDisposable {
  /** Waits until a thread takes the message; `done` is called when it is through. */
  submit(message: ToRestoreThread, done: (answer: FromRestoreThread) => void): Promise<void>
  /** Waits until all that was submitted is done. */
  idle(): Promise<void>
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
  const program = new URL('./worker.ts', import.meta.url)
  const lanes = startLanes<ToRestoreThread, FromRestoreThread>(program, setup, count, signal)
  return {
    submit: (message, done) => lanes.submit(message, done),
    idle: () => lanes.idle(),
    [Symbol.asyncDispose]: () => lanes[Symbol.asyncDispose](),
  }
}
