import type { Catalogue } from '../../ports/catalogue.ts'
import type { Clock } from '../../ports/clock.ts'
import { type EventName, events } from '../../ports/events.ts'
import type { QueuedNotice } from '../../ports/incident.ts'
import type { News, Notifier } from '../../ports/notifier.ts'
import { dangerWords } from '../approvals/danger-words.ts'
import { ledgerName } from '../record-in-ledger.ts'

interface Words extends Pick<QueuedNotice, 'subject' | 'title' | 'text' | 'hint' | 'fields'> {
  readonly event: EventName
}

/**
 * Queues what happened once, durably. What lasts is found by who keeps the incidents; that a ledger was broken is kept for that, since no verification
 * can find it any more: the true one has taken its place.
 */
export function queueingNotifier({
  catalogue,
  clock,
}: {
  readonly catalogue: Pick<Catalogue, 'notices' | 'verifications'>
  readonly clock: Clock
}): Notifier {
  return {
    async tell(news) {
      if (news.kind === 'ledger-broken') {
        const { destinationId, what, remark } = news.find
        const finding = { object: ledgerName, message: remark, what }
        await catalogue.verifications.add(destinationId, 'ledger', finding, clock.now())
      }
      const words = wordsOf(news)
      if (words === undefined) return
      const { event, ...rest } = words
      await catalogue.notices.add(event, { ...rest, severity: events[event].severity, at: clock.now() })
    },
  }
}

function wordsOf(news: News): Words | undefined {
  switch (news.kind) {
    case 'destination-changed':
    case 'bundle-doubtful':
    case 'readiness-doubtful':
    case 'ledger-broken':
      return undefined
    case 'recipient-changed': {
      const { scope, before, after, by, how } = news.change
      const of = scope === undefined ? '' : ` of ${scope}`
      const former =
        before === undefined
          ? 'It is the first.'
          : `Before it was generation ${before.generation}, ${before.fingerprint}.`
      return {
        event: 'recipient-changed',
        subject: scope ?? 'recovery key',
        title: `The recovery key${of} is another one now: generation ${after.generation}`,
        text: `All that is sealed from now on is sealed to the recipient ${after.fingerprint}. ${former} It was ${how === 'ceremony' ? 'made in a ceremony here' : 'brought from another machine'}, by ${by}.`,
        hint: 'If nobody of you held a ceremony, somebody else did: stop backups and look into it.',
        fields: {
          generation: after.generation,
          fingerprint: after.fingerprint,
          by,
          ...(before === undefined
            ? {}
            : { formerGeneration: before.generation, formerFingerprint: before.fingerprint }),
        },
      }
    }
    case 'glass-opened': {
      const { object, openedAt, openedBy, why, recordedBy } = news.opening
      return {
        event: 'glass-opened',
        subject: object,
        title: `${openedBy} opened the glass`,
        text: `${object} was opened at ${openedAt.toISOString()} by ${openedBy}: ${why}. It was recorded by ${recordedBy}.`,
        hint: 'Everything in it wants new values: redoma glass aftercare',
        fields: { object, openedAt: openedAt.toISOString(), openedBy, recordedBy },
      }
    }
    case 'administrators-changed': {
      const { user, what, by, at } = news.change
      return {
        event: 'administrators-changed',
        subject: user,
        title: `Who administers was changed: ${user}, ${what}`,
        text: `${user}: ${what}. It was done by ${by} at ${at.toISOString()}.`,
        hint: 'If nobody of you did that, somebody else did: redoma audit list',
        fields: { user, by },
      }
    }
    case 'user-locked': {
      const { user, address, failures, until } = news.lock
      const from = address === '' ? '' : `, the last from ${address}`
      return {
        event: 'user-locked',
        subject: user,
        title: `Sign-ins of ${user} fail`,
        text: `${failures} in a row have failed${from}. ${user} waits until ${until.toISOString()}, also with the right password, and longer after each further failure.`,
        hint: `If it was ${user}: redoma user unlock ${user}`,
        fields: { user, address },
      }
    }
    case 'approval-asked': {
      const { id, danger, subject, lines, askedBy, expiresAt } = news.approval
      return {
        event: 'approval-asked',
        subject,
        title: `${askedBy} asks a second person to agree: ${dangerWords[danger]}`,
        text: `${lines.join('\n')}\nNothing of it is done until another administrator agrees.`,
        hint: `redoma approval show ${id}, and then redoma approval give ${id} or redoma approval refuse ${id}`,
        fields: { approval: id, danger, by: askedBy, until: expiresAt.toISOString() },
      }
    }
  }
}
