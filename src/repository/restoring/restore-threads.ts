import type { Repository } from '../repository.ts'
import { startLanes } from '../threads/lanes.ts'
import type { Target } from './held-folders.ts'
import type { FromRestoreThread, RestoreSetup, RestoreTask, ToRestoreThread } from './messages.ts'

/** Work for threads that restore into one target. */
export interface RestoreThreads {
  /** Waits until a thread takes the task; `done` is called when it is through. */
  submit(task: RestoreTask, done: (answer: FromRestoreThread) => void): Promise<void>
  /** Waits until all that was submitted is done. */
  idle(): Promise<void>
}

/** Threads that start before the target is known. */
export interface StartedRestoreThreads extends AsyncDisposable {
  into(target: Target): RestoreThreads
}

/** @param mark for the names of files that are not whole yet */
export function startRestoreThreads(
  repository: Repository,
  count: number,
  mark: string,
  signal: AbortSignal,
): StartedRestoreThreads {
  const setup: RestoreSetup = {
    masterKey: repository.masterKey,
    primitives: repository.primitives.name,
    fileCalls: repository.fileCalls.name,
    mark,
  }
  const program = new URL('./worker.ts', import.meta.url)
  const lanes = startLanes<ToRestoreThread, FromRestoreThread>(program, setup, count, signal)
  return {
    into: (target) => ({
      submit: (task, done) => lanes.submit({ target, task }, done),
      idle: () => lanes.idle(),
    }),
    [Symbol.asyncDispose]: () => lanes[Symbol.asyncDispose](),
  }
}
