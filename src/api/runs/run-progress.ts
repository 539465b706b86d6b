import type { ProgressEvent } from '../../ports/progress.ts'
import type { RunProgress } from '../../ports/run-progress.ts'

export const noProgressYet: RunProgress = { steps: 0, done: 0, warnings: 0, lastWarnings: [] }

const warningsKept = 20

export function withEvent(known: RunProgress, event: ProgressEvent): RunProgress {
  const { warnings, lastWarnings } = known
  switch (event.kind) {
    case 'step': {
      const { title: step, unit, total } = event
      return { steps: known.steps + 1, step, unit, total, done: 0, warnings, lastWarnings }
    }
    case 'advance': {
      const { done, detail } = event
      return { ...known, done, total: event.total ?? known.total, detail, waiting: undefined }
    }
    case 'waiting': {
      const { subject, message, until } = event
      return { ...known, waiting: { subject, message, until } }
    }
    case 'warning': {
      const { subject, message } = event
      const last = [...lastWarnings, { subject, message }].slice(-warningsKept)
      return { ...known, warnings: warnings + 1, lastWarnings: last }
    }
  }
}
