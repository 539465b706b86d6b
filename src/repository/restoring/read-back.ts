import type { RawPath } from '../files/raw-path.ts'
import { verifyFiles } from './file-messages.ts'
import type { FilePlan, PlannedFile } from './plan-files.ts'
import type { RestoreThreads } from './restore-threads.ts'

/** Files in one message that are read back. */
export const verifiedTogether = 64

/** What is written, and still to be read back. */
export interface ReadBack {
  add(file: PlannedFile): void
  /** Lets the threads verify what waits, as long as it is at least so many files. Does not wait for them. */
  start(least: number): Promise<void>
}

export function makeReadBack(
  plan: FilePlan,
  threads: RestoreThreads,
  onProblem: (path: RawPath, message: string) => void,
): ReadBack {
  const waiting: PlannedFile[] = []
  return {
    add(file) {
      waiting.push(file)
    },
    async start(least) {
      while (waiting.length > 0 && waiting.length >= least)
        await verifyFiles(waiting.splice(0, verifiedTogether), threads, plan, onProblem)
    },
  }
}
