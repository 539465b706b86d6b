import { constants } from 'node:os'
import { RedomaError } from '../core/errors.ts'

/**
 * Aborted by the first SIGINT, SIGTERM or SIGHUP, so that what is under way ends cleanly. The second one ends the process
 * where it stands; whatever it was doing, the next run finds nothing half-written that counts.
 */
export function stopOnSignals(): AbortSignal {
  const controller = new AbortController()
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(name, () => {
      if (controller.signal.aborted) process.exit(128 + constants.signals[name])
      controller.abort(
        new RedomaError('CANCELLED', 'interrupted', { hint: 'Nothing half-done counts; run it again.' }),
      )
    })
  }
  return controller.signal
}
