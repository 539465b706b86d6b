import type { RawPath } from '../files/raw-path.ts'
import type { Repository } from '../repository.ts'
import { threadCount } from '../threads/thread.ts'
import type { ArchiveOptions } from './archive-options.ts'
import { startArchiveThreads } from './archive-threads.ts'
import { makeFileQueue } from './file-queue.ts'
import type { ArchivedFile } from './messages.ts'

/** Files that wait; above it the walker pauses, which bounds memory however large the tree is. */
const maxWaitingFiles = 2048
/** A thread costs a fifth of a second to start: with less to do than this, all is done sooner without. */
const worthThreadsFiles = 1024
const worthThreadsBytes = 16 * 1024 * 1024

/** Files to read go in, nodes come out by `done`, packs by `publish`. */
export interface FileArchiving extends AsyncDisposable {
  readonly failure: Promise<never>
  submit(path: RawPath, bytes: number, done: (file: ArchivedFile) => void): void
  /** Waits while enough files are under way. */
  room(): Promise<void>
  /** When no more files come. Waits until every one is done, and every pack published. */
  finish(): Promise<void>
}

/** On threads of their own, or on this one where there is little to do. */
export function startArchiving(repository: Repository, options: ArchiveOptions): FileArchiving {
  const queue = makeFileQueue()
  const threads = startArchiveThreads(repository, options, threadCount(options.workers), queue)
  let onThreads = false

  function isWorthThreads(): boolean {
    if (options.workers !== undefined) return queue.waitingFiles > 0
    return queue.waitingFiles >= worthThreadsFiles || queue.waitingBytes >= worthThreadsBytes
  }

  function dispatch(): void {
    onThreads ||= isWorthThreads()
    if (onThreads) threads.dispatch()
  }

  /** Where nothing is new, what it takes is not even loaded. */
  async function archiveOnThisThread(): Promise<void> {
    const { archiveHere } = await import('./archive-here.ts')
    await archiveHere(repository, options, () => queue.next(true))
  }

  return {
    failure: threads.failure,
    submit(path, bytes, done) {
      if (queue.add(path, bytes, done)) dispatch()
    },
    async room() {
      dispatch()
      if (queue.waitingFiles >= maxWaitingFiles) await threads.roomBelow(maxWaitingFiles)
    },
    async finish() {
      dispatch()
      if (onThreads) await threads.finish()
      else if (queue.waitingFiles > 0) await archiveOnThisThread()
    },
    [Symbol.asyncDispose]: () => threads[Symbol.asyncDispose](),
  }
}
