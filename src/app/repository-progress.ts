import type { Progress } from '../ports/progress.ts'
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
