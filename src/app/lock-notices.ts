import type { RunPart } from '../ports/catalogue.ts'
import type { Log } from '../ports/log.ts'
import type { Progress } from '../ports/progress.ts'
import type { LockNotice } from '../repository/locks/locking.ts'
import { lockProgress } from './repository-progress.ts'
import type { Target } from './target.ts'

export interface LockNotices {
  readonly take: (notice: LockNotice) => void
  /** Since it was asked last. */
  readonly given: () => readonly string[]
}

/**
 * What was said of locks, once each: whoever takes several meets the same of others. That a process died which left a lock is
 * told, and is no fault of this run: nothing of it is left to look at.
 */
export function lockNotices(
  { log }: { readonly log: Pick<Log, 'warn'> },
  { record }: Target,
  progress: Progress,
): LockNotices {
  const told = new Set<string>()
  let since: string[] = []
  return {
    take: (notice) => {
      const { kind, message } = notice
      if (told.has(message)) return
      told.add(message)
      switch (kind) {
        case 'removed-dead':
          log.warn('lock removed', { destination: record.name, what: message })
          progress(lockProgress(notice, record.name))
          break
        case 'waiting':
          progress(lockProgress(notice, record.name))
          break
        case 'left-stale':
        case 'left-empty':
        case 'not-removed':
        case 'reads-unlocked':
          since.push(message)
      }
    },
    given: () => {
      const given = since
      since = []
      return given
    },
  }
}

export function withWarnings(part: RunPart, more: readonly string[]): RunPart {
  if (more.length === 0 || part.outcome.kind === 'failed') return part
  const warnings = part.outcome.kind === 'done' ? [] : part.outcome.warnings
  return { ...part, outcome: { kind: 'done-with-warnings', warnings: [...more, ...warnings] } }
}
