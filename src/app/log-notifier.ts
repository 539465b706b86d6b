import type { DestinationChange } from '../ports/destination-state.ts'
import type { Log } from '../ports/log.ts'
import type { Notifier, RecipientChange } from '../ports/notifier.ts'
import type { Opening } from '../ports/opening.ts'

/** Tells the instance's log. */
export function logNotifier(log: Log): Notifier {
  return {
    tell(news) {
      switch (news.kind) {
        case 'destination-changed':
          logDestination(log, news.change)
          break
        case 'recipient-changed':
          logRecipient(log, news.change)
          break
        case 'glass-opened':
          logOpening(log, news.opening)
          break
        case 'bundle-doubtful': {
          const { published, scope, sequence, remarks } = news.doubt
          log.warn('bundle doubtful', {
            bundle: sequence,
            scope: scope === '' ? undefined : scope,
            published,
            why: remarks.join('; '),
          })
          break
        }
        case 'readiness-doubtful': {
          const { generation, remarks } = news.doubt
          log.warn('readiness doubtful', { generation, why: remarks.join(' ') })
          break
        }
        case 'administrators-changed': {
          const { user, what, by } = news.change
          log.warn('administrators changed', { user, what, by })
          break
        }
        case 'user-locked': {
          const { user, address, failures, until } = news.lock
          log.warn('user locked', { user, address, failures, until: until.toISOString() })
          break
        }
        case 'approval-asked': {
          const { id, danger, subject, askedBy: by } = news.approval
          log.warn('second person asked', { approval: id, danger, subject, by })
          break
        }
        case 'ledger-broken': {
          const { destination, what, remark } = news.find
          log.error('ledger broken', { destination, what, why: remark })
        }
      }
      return Promise.resolve()
    },
  }
}

function logDestination(log: Log, { id, destination, from, to, since, details }: DestinationChange): void {
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
}

function logRecipient(log: Log, { scope, before, after, by, how }: RecipientChange): void {
  log.warn('recovery key changed', {
    scope,
    generation: after.generation,
    fingerprint: after.fingerprint,
    formerGeneration: before?.generation,
    formerFingerprint: before?.fingerprint,
    how,
    by,
  })
}

function logOpening(log: Log, { object, sequence, openedAt, openedBy, why, recordedBy }: Opening): void {
  log.warn('glass opened', {
    object,
    bundle: sequence,
    at: openedAt.toISOString(),
    by: openedBy,
    why,
    recordedBy,
  })
}
