import type { Progress } from '../../ports/progress.ts'
import type { RunProgress } from '../../ports/run-progress.ts'

/**
 * Tells a progress line what the daemon says of a run, again and again: how it stands, and not what happened. Each step, wait and warning is told once; of warnings that came
 * faster than they were asked for, how many.
 */
export function tellProgress(progress: Progress): (now: RunProgress) => void {
  let known: Pick<RunProgress, 'steps' | 'warnings' | 'waiting'> = { steps: 0, warnings: 0 }
  return (now) => {
    const { step: title, unit, total, done, detail, waiting, lastWarnings } = now
    if (now.steps !== known.steps && title !== undefined && unit !== undefined)
      progress({ kind: 'step', title, unit, total })
    const fresh = now.warnings - known.warnings
    if (fresh > lastWarnings.length)
      progress({
        kind: 'warning',
        subject: 'run',
        message: `${fresh - lastWarnings.length} more warnings; all are in what is shown of it at its end`,
      })
    if (fresh > 0) for (const one of lastWarnings.slice(-fresh)) progress({ kind: 'warning', ...one })
    const isNewWait = waiting !== undefined && JSON.stringify(waiting) !== JSON.stringify(known.waiting)
    if (isNewWait) progress({ kind: 'waiting', ...waiting })
    if (waiting === undefined) progress({ kind: 'advance', done, total, detail })
    known = now
  }
}
