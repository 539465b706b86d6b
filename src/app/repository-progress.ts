import type { Progress, ProgressEvent } from '../ports/progress.ts'
import type { LockNotice } from '../repository/locks/locking.ts'
import type { OnRepositoryEvent } from '../repository/repository.ts'

/** What the engine says, as a run's progress. */
export function repositoryProgress(progress: Progress): OnRepositoryEvent {
  return (event) => {
    switch (event.kind) {
      case 'progress':
        progress({
          kind: 'advance',
          done: event.bytes,
          total: event.totalBytes,
          detail: `${event.files} ${event.counted ?? 'files'}`,
        })
        return
      case 'problem':
        progress({ kind: 'warning', subject: event.problem.path, message: event.problem.message })
        return
      case 'entry':
    }
  }
}

/** What is said of locks, told at once: somebody may be waiting before a screen. */
export function lockNotices(progress: Progress, subject: string): (notice: LockNotice) => void {
  return (notice) => {
    progress(lockProgress(notice, subject))
  }
}

export function lockProgress(notice: LockNotice, subject: string): ProgressEvent {
  if (notice.kind === 'waiting') return { ...notice, subject }
  return { kind: 'warning', subject, message: notice.message }
}
