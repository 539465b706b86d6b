import type { RunPart } from '../ports/catalogue.ts'
import type { Log } from '../ports/log.ts'

/** How many warnings of one part the log repeats; the run keeps all. */
const warningsLogged = 100

/** What became of one part of a run, as one event, and each of its warnings as another. */
export function logPart(log: Log, run: number, part: RunPart): void {
  const { job, source, destination, outcome, figures, product } = part
  const where = { run, job, source, destination }
  switch (outcome.kind) {
    case 'failed':
      log.error('part failed', { ...where, code: outcome.failure.code, why: outcome.failure.message })
      return
    case 'done-with-warnings':
      for (const warning of outcome.warnings.slice(0, warningsLogged)) {
        log.warn('part warning', { ...where, warning })
      }
      break
    case 'done':
  }
  const seconds = (part.finishedAt.getTime() - part.startedAt.getTime()) / 1000
  log.info('part done', { ...where, ...figures, seconds, product })
}
