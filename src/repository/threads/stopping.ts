import { workerData } from 'node:worker_threads'

/** What a thread is told with, so that it ends between two calls into native code. */
export const stopMessage = { kind: 'stop' } as const

/** Ends this thread when it was told to: long work calls it in between. */
export function endWhenStopping(): void {
  const { stopFlag } = workerData as { readonly stopFlag: SharedArrayBuffer }
  if (Atomics.load(new Int32Array(stopFlag), 0) !== 0) process.exit()
}
