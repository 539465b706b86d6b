import { fc } from '@fast-check/vitest'
import { type EventName, events, severities } from '../../src/ports/events.ts'
import type { Notice } from '../../src/ports/notice.ts'

const words = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 300 }),
  fc.string({
    unit: fc.constantFrom(...Array.from('\r\n\0\t |=\\"][<>,;:@.é🧨\ud800\u2028\u202e')),
    maxLength: 60,
  }),
  fc.constantFrom(
    'x'.repeat(100_000),
    '=?utf-8?q?=0d=0aBcc:_x@y?=',
    '\r\n.\r\nMAIL FROM:<x@y>',
    '--\r\n\r\n',
  ),
)

/** Any notice at all, whatever stands in its words. */
export const anyNotice: fc.Arbitrary<Notice> = fc.record({
  id: fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }),
  event: fc.constantFrom(...(Object.keys(events) as EventName[])),
  severity: fc.constantFrom(...severities),
  at: fc.date({ min: new Date('2000-01-01'), max: new Date('2200-01-01'), noInvalidDate: true }),
  instance: fc.record({ id: fc.uuid(), name: words, host: words }),
  subject: words,
  title: words,
  text: words,
  hint: fc.option(words, { nil: undefined }),
  fields: fc.dictionary(words, fc.oneof(words, fc.double()), { maxKeys: 60 }),
  incident: fc.option(
    fc.record({
      id: fc.integer({ min: 1 }),
      phase: fc.constantFrom('opened' as const, 'worsened' as const, 'reminder' as const, 'closed' as const),
      openedAt: fc.constant(new Date('2026-11-28T00:00:00Z')),
    }),
    { nil: undefined },
  ),
})
