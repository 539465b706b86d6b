import type { ProgressEvent } from '../../ports/progress.ts'

/** How far a run is: all that who looks now has to know, however long it has been going on. */
export interface RunProgress {
  readonly step?: string | undefined
  readonly unit?: 'bytes' | 'files' | 'records' | 'none' | undefined
  readonly done: number
  readonly total?: number | undefined
  readonly detail?: string | undefined
  /** Who is waited for. */
  readonly waiting?: string | undefined
  /** How many there were, and the last of them. */
  readonly warnings: number
  readonly warning?: string | undefined
}

export const noProgressYet: RunProgress = { done: 0, warnings: 0 }

export function withEvent(known: RunProgress, event: ProgressEvent): RunProgress {
  switch (event.kind) {
    case 'step': {
      const { warnings, warning } = known
      return { step: event.title, unit: event.unit, total: event.total, done: 0, warnings, warning }
    }
    case 'advance': {
      const { done, detail } = event
      return { ...known, done, total: event.total ?? known.total, detail, waiting: undefined }
    }
    case 'waiting':
      return { ...known, waiting: `${event.subject}: ${event.message}` }
    case 'warning':
      return { ...known, warnings: known.warnings + 1, warning: `${event.subject}: ${event.message}` }
  }
}
