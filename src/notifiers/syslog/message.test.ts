import { fc, test } from '@fast-check/vitest'
import { describe, expect } from 'vitest'
import { anyNotice } from '../../../test/support/any-notice.ts'
import { type SyslogSpec, syslogFormats, syslogTransports } from '../../ports/channel.ts'
import { messageOf } from './message.ts'

const specs: fc.Arbitrary<SyslogSpec> = fc.record({
  kind: fc.constant('syslog' as const),
  host: fc.constant('siem'),
  port: fc.constant(514),
  transport: fc.constantFrom(...syslogTransports),
  format: fc.constantFrom(...syslogFormats),
  facility: fc.constant('local0' as const),
})

const header =
  /^<(\d{1,3})>1 \d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z [\x21-\x7e]{1,255} redoma - [a-z-]{1,32} (.*)$/su
const parameter = String.raw`[\x21\x23-\x3c\x3e-\x5c\x5e-\x7e]{1,32}="(?:[^"\\\]]|\\["\\\]])*"`
const structuredData = new RegExp(String.raw`^((?:\[[a-zA-Z]+(?:@32473)?(?: ${parameter})*\])+) (.*)$`, 'su')

describe('a syslog message', () => {
  test.prop([specs, anyNotice])('is one line of RFC 5424, of a length that is taken', (spec, notice) => {
    const message = messageOf(spec, notice, '0.1.0')

    const text = message.toString()
    expect(message.length).toBeLessThanOrEqual(spec.transport === 'udp' ? 2048 : 8192)
    expect(text).toMatch(header)
    // eslint-disable-next-line no-control-regex -- they are what must not be there
    expect(text).not.toMatch(/[\0-\x08\x0a-\x1f\x7f-\x9f\u2028\u2029\ufffe]/)
    if (spec.format !== 'leef') expect(text).not.toContain('\t')
  })

  test.prop([specs, anyNotice])('has each word in its own field, whatever it is', (spec, notice) => {
    const text = messageOf(spec, notice, '0.1.0').toString()
    const body = header.exec(text)?.[2] ?? ''

    switch (spec.format) {
      case 'structured':
        expect(body).toMatch(structuredData)
        break
      case 'json':
        expect(JSON.parse(body.slice(2))).toMatchObject({ id: notice.id, event: notice.event })
        break
      case 'leef': {
        const keys = body.split('\t').map((pair) => pair.split('=')[0])
        expect(keys).toHaveLength(new Set(keys).size)
        expect(keys).toContain('instanceId')
        break
      }
      case 'cef': {
        const keys = [...cefExtension(body).matchAll(/(?:^| )([A-Za-z0-9]+)=/g)].map(([, key]) => key)
        expect(keys).toHaveLength(new Set(keys).size)
        expect(keys.slice(0, 3)).toEqual(['rt', 'externalId', 'cat'])
      }
    }
  })
})

/** What follows the seven fields of the header, once what is escaped is taken out of the way. */
function cefExtension(body: string): string {
  const plain = body.replaceAll(/\\[\\|=]/g, '_')
  const parts = plain.split('|')
  expect(parts.slice(0, 3)).toEqual(['- CEF:0', 'Redoma', 'Redoma'])
  return parts.slice(7).join('|')
}
