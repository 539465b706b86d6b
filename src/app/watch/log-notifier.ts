import type { Log } from '../../ports/log.ts'
import type { Notifier } from '../../ports/notifier.ts'

/** Tells the instance's log. */
export function logNotifier(log: Log): Notifier {
  return {
    tell({ change }) {
      const { id, destination, from, to, since, details } = change
      log[to === 'ok' ? 'info' : 'warn']('destination changed', {
        destination,
        from,
        to,
        since: since.toISOString(),
        daysLeft: details.daysLeft === undefined ? undefined : Math.floor(details.daysLeft),
        free: details.space?.freeBytes,
        code: details.failure?.code,
        why: details.failure?.message,
        change: id,
      })
      return Promise.resolve()
    },
  }
}
