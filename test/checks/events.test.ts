import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { eventsDocument } from '../../scripts/events-document.ts'
import { eventFields, fieldMeanings } from '../../src/ports/event-fields.ts'
import { events } from '../../src/ports/events.ts'

/** As they were released: rules of SIEMs refer to them. New ones are added here; these never change. */
const released: Readonly<Record<number, string>> = {
  101: 'destination-lost',
  102: 'destination-read-only',
  103: 'destination-slow',
  104: 'destination-nearly-full',
  105: 'destination-filling',
  201: 'backup-failed',
  202: 'backup-late',
  203: 'backup-shrunken',
  204: 'backup-empty',
  205: 'source-unreadable',
  206: 'backup-warned',
  207: 'bundle-doubtful',
  208: 'hook-owed',
  301: 'verification-failed',
  302: 'ledger-broken',
  303: 'verification-late',
  304: 'ledger-head',
  305: 'audit-head',
  401: 'recipient-changed',
  402: 'ceremony-missing',
  403: 'readiness-doubtful',
  404: 'guardian-reminded',
  405: 'glass-opened',
  406: 'approval-asked',
  407: 'administrators-changed',
  501: 'host-key-changed',
  502: 'certificate-changed',
  503: 'clock-wrong',
  504: 'certificate-expiring',
  601: 'user-locked',
  701: 'channel-failing',
  900: 'test',
}

test('the events are those that were released, under their numbers', () => {
  const numbered = Object.entries(events).map(([name, { id }]) => [String(id), name])

  expect(Object.fromEntries(numbered)).toEqual(released)
  expect(numbered).toHaveLength(Object.keys(released).length)
})

test('the page of events is what the code says; node scripts/events-document.ts writes it', () => {
  expect(readFileSync(new URL('../../docs/operator/events.md', import.meta.url), 'utf8')).toBe(
    eventsDocument(),
  )
})

test('each field that has a meaning is of some event', () => {
  const used = new Set(Object.values(eventFields).flat())

  expect(Object.keys(fieldMeanings).toSorted()).toEqual([...used].toSorted())
})
