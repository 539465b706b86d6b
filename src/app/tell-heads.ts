import { headFields, headOf } from '../bundle/ledger/head.ts'
import type { Catalogue } from '../ports/catalogue.ts'
import type { Clock } from '../ports/clock.ts'
import { events } from '../ports/events.ts'
import type { QueuedNotice } from '../ports/incident.ts'

export interface TellHeadsDeps {
  readonly catalogue: Pick<Catalogue, 'instance' | 'destinations' | 'ledgers' | 'audit' | 'notices'>
  readonly clock: Clock
}

/**
 * Queues the head of each ledger, and of the audit trail, for every channel: a mailbox that the instance cannot reach shows later that nothing of them was set back.
 *
 * @throws RedomaError `DATA_DAMAGED`, `CATALOGUE_DAMAGED`
 */
export type TellHeads = () => Promise<void>

export function makeTellHeads({ catalogue, clock }: TellHeadsDeps): TellHeads {
  type Words = Pick<QueuedNotice, 'subject' | 'title' | 'text' | 'hint' | 'fields'>
  const tell = (event: 'ledger-head' | 'audit-head', words: Words): Promise<number> =>
    catalogue.notices.add(event, { ...words, severity: events[event].severity, at: clock.now() })

  return async () => {
    for (const { id, name } of await catalogue.destinations.list()) {
      const head = headOf(await catalogue.ledgers.lines(id))
      if (head === undefined) continue
      const { short, sequence, time, sha256 } = headFields(catalogue.instance.id, name, head)
      await tell('ledger-head', {
        subject: name,
        title: `Head of the ledger at ${name}: ${short}`,
        text: `The ledger at ${name} had ${sequence} lines, the newest of ${time}. Keep this: it shows later whether the ledger was set back, or written anew.`,
        hint: `redoma glass verify ${name} --head ${short}`,
        fields: { entries: sequence, head: short, sha256 },
      })
    }
    const { entries, link } = await catalogue.audit.head()
    if (link === undefined) return
    const head = `${entries}:${link}`
    await tell('audit-head', {
      subject: 'audit trail',
      title: `Head of the audit trail, of ${entries} entries`,
      text: 'Keep this: it shows later whether entries of the audit trail were cut off, or altered.',
      hint: `redoma audit verify --head ${head}`,
      fields: { entries, head },
    })
  }
}
