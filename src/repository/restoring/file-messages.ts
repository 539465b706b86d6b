import type { RawPath } from '../files/raw-path.ts'
import type { FileToCompare, FoundFile, FromRestoreThread } from './messages.ts'
import type { FilePlan, PlannedFile } from './plan-files.ts'
import type { Overwrite } from './request.ts'
import type { RestoreThreads } from './restore-threads.ts'

type OnProblem = (path: RawPath, message: string) => void

/** Files in one message: fewer when they are large, so that all threads have something to do. */
const filesPerMessage = 64
const bytesPerMessage = 32 * 1024 * 1024

/** Lets the threads look at what is in the place of files; `onFound` is called for each before the promise is kept. */
export async function compareFiles(
  files: readonly PlannedFile[],
  overwrite: Overwrite,
  dryRun: boolean,
  threads: RestoreThreads,
  plan: FilePlan,
  onFound: (file: PlannedFile, found: FoundFile) => void,
  onProblem: OnProblem,
): Promise<void> {
  for (const batch of batchesOf(files)) {
    const message = { kind: 'compare' as const, files: batch.map(toCompare), overwrite, dryRun }
    await threads.submit(message, (answer) => {
      report(answer, plan, onProblem)
      for (const [at, file] of batch.entries())
        onFound(file, answer.found[at] ?? { kind: 'other', present: [] })
    })
  }
  if (files.length > 0) await threads.idle()
}

/** Lets the threads read files back. Does not wait for them. */
export async function verifyFiles(
  files: readonly PlannedFile[],
  threads: RestoreThreads,
  plan: FilePlan,
  onProblem: OnProblem,
): Promise<void> {
  for (const batch of batchesOf(files)) {
    await threads.submit({ kind: 'verify', files: batch.map(toCompare) }, (answer) => {
      report(answer, plan, onProblem)
    })
  }
}

function report({ problems }: FromRestoreThread, plan: FilePlan, onProblem: OnProblem): void {
  for (const { file: number, message } of problems) {
    const file = plan.files[number]
    if (file !== undefined) onProblem(file.path, message)
  }
}

function* batchesOf(files: readonly PlannedFile[]): Generator<readonly PlannedFile[]> {
  let batch: PlannedFile[] = []
  let bytes = 0
  for (const file of files) {
    batch.push(file)
    bytes += file.size
    if (batch.length < filesPerMessage && bytes < bytesPerMessage) continue
    yield batch
    batch = []
    bytes = 0
  }
  if (batch.length > 0) yield batch
}

function toCompare({ number, path, size, chunks, metadata }: PlannedFile): FileToCompare {
  return { number, path, size, chunks, metadata }
}
