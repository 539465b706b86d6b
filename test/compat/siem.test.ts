import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Secret } from '../../src/core/secret.ts'
import type { TlsMaterial } from '../../src/notifiers/syslog/send.ts'
import { syslogChannel } from '../../src/notifiers/syslog/syslog-channel.ts'
import type { SyslogSpec } from '../../src/ports/channel.ts'
import type { Channel, Notice } from '../../src/ports/notice.ts'
import { privateAuthority } from '../support/certificates.ts'
import { hostile, lost, noticeOf } from '../support/notices.ts'
import { type Rsyslog, rsyslogMissing, type SyslogMessage, startRsyslog } from '../support/rsyslog.ts'

/** The hostile words as one line has them. */
const tamed = hostile
  .toWellFormed()
  .replaceAll(/[\r\n\0\u2028\u202e]+/g, ' ')
  .replace('\t', ' ')
const { signal } = new AbortController()

describe.skipIf(rsyslogMissing())('rsyslog, with liblognorm, reads', () => {
  let rsyslog: Rsyslog
  beforeAll(async () => {
    rsyslog = await startRsyslog()
  }, 60_000)
  afterAll(() => rsyslog[Symbol.asyncDispose]())
  let before = 0

  function channel(but: Partial<SyslogSpec>, tls: TlsMaterial = {}): Channel {
    const transport = but.transport ?? 'tcp'
    const port = transport === 'tls' ? rsyslog.ports.mutual : rsyslog.ports.tcp
    const format = 'structured'
    const spec = {
      kind: 'syslog',
      host: '127.0.0.1',
      facility: 'local3',
      port,
      format,
      ...but,
      transport,
    } as const
    return syslogChannel(spec, { version: '1.2|3', tls, patienceMs: 5000 })
  }

  async function read(but: Partial<SyslogSpec>, notice: Notice): Promise<SyslogMessage> {
    await channel(but).deliver(notice, signal)
    const all = await rsyslog.arrived(before + 1)
    before = all.length
    const last = all.at(-1)
    if (last === undefined) throw new Error('nothing arrived')
    return last
  }

  test('the header: who, when, what kind, how bad', async () => {
    expect(await read({}, lost)).toMatchObject({
      hostname: 'pam-1.example.com',
      'app-name': 'redoma',
      msgid: 'destination-lost',
      timereported: '2026-11-28T08:15:30.123Z',
      syslogfacility: '19',
      syslogseverity: '2',
      msg: 'Destination nas is lost. It cannot be reached since 08:10: no route to host.',
    })
  })

  test('CEF, each field as it was', async () => {
    const { '$!': understood } = await read({ format: 'cef' }, lost)

    expect(understood?.cef).toMatchObject({
      DeviceVendor: 'Redoma',
      DeviceProduct: 'Redoma',
      DeviceVersion: '1.2|3',
      SignatureID: '101',
      Name: 'A destination cannot be reached, or hangs.',
      Severity: '10',
      Extensions: {
        externalId: '41',
        cat: 'destination-lost',
        dvchost: 'pam-1.example.com',
        deviceExternalId: lost.instance.id,
        msg: `${lost.title}. ${lost.text}`,
        act: 'opened',
        start: String(Date.parse('2026-11-28T08:15:30Z')),
        cn1Label: 'incident',
        cn1: '7',
        cs1Label: 'subject',
        cs1: 'nas',
        cs2Label: 'instance',
        cs2: 'bastion',
        cs3: lost.hint,
        redomaDestination: 'nas',
        redomaFreeBytes: '1234567890',
      },
    })
  })

  test('CEF of hostile words as those words, in no field but theirs', async () => {
    const { '$!': understood } = await read({ format: 'cef' }, noticeOf(hostile))

    const { cs1, cs2, cs3, msg, redomaWords, ...others } = understood?.cef?.Extensions ?? {}
    expect([cs1, cs2, cs3, redomaWords]).toEqual([tamed, tamed, tamed, tamed])
    expect(msg).toBe(`${tamed}. ${tamed}`)
    // The first key loses its first letter there, whoever wrote it.
    const known = ['t', 'externalId', 'cat', 'dvchost', 'deviceExternalId', 'act', 'start', 'cn1Label', 'cn1']
    expect(Object.keys(others)).toEqual([...known, 'cs1Label', 'cs2Label', 'cs3Label'])
  })

  test('structured data, each parameter as it was', async () => {
    const { '$!': understood } = await read({}, lost)

    expect(understood?.['rfc5424-sd']).toMatchObject({
      origin: { software: 'redoma', swversion: '1.2|3' },
      meta: { sequenceid: '41' },
      'redoma@32473': { eventid: '101', instance: 'bastion', incident: '7', phase: 'opened', subject: 'nas' },
      'redomafields@32473': { destination: 'nas', freebytes: '1234567890' },
    })
  })

  test('structured data of hostile words as those words', async () => {
    const { '$!': understood, msg } = await read({}, noticeOf(hostile))

    const { 'redoma@32473': own = {}, ...others } = understood?.['rfc5424-sd'] ?? {}
    expect([own['subject'], own['instance'], own['hint']]).toEqual([tamed, tamed, tamed])
    expect(Object.keys(others)).toEqual(['origin', 'meta', 'redomafields@32473'])
    expect(msg).toBe(`\ufeff${tamed}. ${tamed}`)
  })

  test('JSON as it was', async () => {
    const { msg } = await read({ format: 'json' }, noticeOf(hostile))

    expect(JSON.parse(msg)).toMatchObject({
      schema: 'redoma-notice/1',
      eventId: 101,
      subject: tamed,
      fields: { words: tamed },
      incident: { id: 7, phase: 'opened' },
    })
  })

  test('LEEF, whose attributes a tab parts', async () => {
    const { msg } = await read({ format: 'leef' }, noticeOf(hostile))

    const [, vendor, , , eventId, delimiter, ...rest] = msg.split('|')
    expect([vendor, eventId, delimiter]).toEqual(['Redoma', '101', 'x09'])
    const pairs = rest
      .join('|')
      .split('\t')
      .map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)])
    expect(Object.fromEntries(pairs)).toMatchObject({
      cat: 'destination-lost',
      devTime: String(lost.at.getTime()),
      sev: '10',
      resource: tamed,
      title: tamed,
      msg: tamed,
      redomaWords: tamed,
      incident: '7',
    })
  })

  test('nothing of who has no certificate, and that is told', async () => {
    const { ca } = rsyslog.authority

    const telling = channel({ transport: 'tls' }, { ca }).deliver(lost, signal)

    await expect(telling).rejects.toMatchObject({ code: 'NOTICE_FAILED' })
  })

  test('nothing of who has a certificate of another authority, and that is told', async () => {
    const { client } = await privateAuthority()
    const tls = { ca: rsyslog.authority.ca, certificate: client.cert, key: new Secret(client.key) }

    const telling = channel({ transport: 'tls' }, tls).deliver(lost, signal)

    await expect(telling).rejects.toMatchObject({ code: 'NOTICE_FAILED' })
  })

  test('nothing where nobody vouches for its own certificate', async () => {
    const telling = channel({ transport: 'tls' }).deliver(lost, signal)

    await expect(telling).rejects.toMatchObject({
      code: 'NOTICE_FAILED',
      hint: expect.stringContaining('--ca') as string,
    })
  })

  test('nothing while it is stopped, and that is told', async () => {
    process.kill(rsyslog.processId, 'SIGSTOP')
    try {
      await expect(channel({}).deliver(lost, signal)).rejects.toMatchObject({ code: 'NOTICE_FAILED' })
    } finally {
      process.kill(rsyslog.processId, 'SIGCONT')
    }
  })
})
