import { generateKeyPairSync, randomUUID, X509Certificate } from 'node:crypto'
import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import type { AddressInfo, Socket } from 'node:net'
import { join } from 'node:path'
import { createServer } from 'node:tls'
import { describe, expect, test } from 'vitest'
import { makeNoteCertificate } from '../../src/app/certificates/note-certificate.ts'
import { makeNoteOwnCertificates } from '../../src/app/certificates/note-own-certificates.ts'
import { makeFindTroubles } from '../../src/app/incidents/find-troubles.ts'
import { makeKeepIncidents } from '../../src/app/incidents/keep-incidents.ts'
import type { ReadinessReport } from '../../src/app/readiness.ts'
import { targetOf } from '../../src/app/target.ts'
import { Secret } from '../../src/core/secret.ts'
import { type ShownCertificate, shownOf } from '../../src/core/shown-certificate.ts'
import { selfSignedCertificate } from '../../src/crypto/self-signed.ts'
import { makeChannelOf } from '../../src/main/channels.ts'
import { openWays } from '../../src/main/ways.ts'
import type { ChannelRecord, ChannelSpec } from '../../src/ports/channel.ts'
import type { Log } from '../../src/ports/log.ts'
import { hookServer } from '../support/hook-server.ts'
import { anInstance } from '../support/instance.ts'
import { lost } from '../support/notices.ts'
import type { Certificate } from '../support/proxy.ts'

const dayMs = 24 * 60 * 60_000
const { signal } = new AbortController()

describe('a certificate that expires before long', () => {
  test('of the API is an incident, gets worse, and is over when the daemon has another, or serves no more', async () => {
    await using world = await aWorld()
    let api: (ShownCertificate & { readonly place: string }) | undefined
    const note = world.noteOwn(() => api ?? raise())
    api = { ...world.lasting(40), place: '/etc/vault.pem' }
    const told: string[][] = []
    const look = async (): Promise<void> => {
      await note()
      told.push(await world.changes())
    }

    await look()
    world.clock.advance(11 * dayMs)
    await look()
    world.clock.advance(23 * dayMs)
    await look()
    world.clock.advance(7 * dayMs)
    await look()
    api = { ...world.lasting(365), place: '/etc/vault.pem' }
    await look()
    api = { ...world.lasting(3), place: '' }
    await look()
    await world.noteOwn(undefined)()
    told.push(await world.changes())

    expect(told).toEqual([
      [],
      ['open certificate-expiring vault warning'],
      ['worsened critical'],
      [],
      ['close'],
      ['open certificate-expiring vault critical'],
      ['close'],
    ])
  })

  test('says what to do, and whether it has expired by now', async () => {
    await using world = await aWorld()
    const api = { ...world.lasting(3), place: '/etc/vault.pem' }
    await world.noteOwn(() => api)()
    await world.keep()
    world.clock.advance(4 * dayMs)
    await world.keep()

    const [incident] = await world.catalogue.incidents.open()
    expect(incident).toMatchObject({
      title: 'The certificate of the API at vault has expired',
      hint: expect.stringContaining('write it to /etc/vault.pem') as string,
      fields: { certificate: api.fingerprint, expiresAt: api.until.toISOString() },
    })
  })

  test.each([
    [90, 29, []],
    [90, 22, ['warning']],
    [365, 29, ['warning']],
    [365, 6, ['critical']],
    [6, 2, []],
    [6, 1, ['warning']],
  ])('of %d days with %d left is told as %j', async (lasts, left, severities) => {
    await using world = await aWorld()
    const now = world.clock.now().getTime()
    const until = new Date(now + left * dayMs)
    const shown = { fingerprint: 'AA', from: new Date(until.getTime() - lasts * dayMs), until }
    await world.noteOwn(() => ({ ...shown, place: '' }))()

    await world.keep()

    expect((await world.catalogue.incidents.open()).map(({ severity }) => severity)).toEqual(severities)
  })

  test('of a machine that is none of ours any more is forgotten after a month', async () => {
    await using world = await aWorld()
    const api = { ...world.lasting(5), place: '' }
    await world.noteOwn(() => api)()
    await world.keep()
    world.clock.advance(31 * dayMs)
    await world.keep()

    expect(await world.catalogue.incidents.open()).toEqual([])
  })

  test('by which a channel proves itself is read from its file', async () => {
    await using world = await aWorld()
    const certificateFile = join(world.home, 'client.pem')
    await writeFile(certificateFile, world.certificate(5).cert)
    const spec = { ...syslogTo(9), certificateFile, keyFile: '/x' }
    await world.addChannel('siem', spec)
    const note = world.noteOwn(undefined)

    expect(await note()).toBe(true)
    expect(await world.changes()).toEqual(['open certificate-expiring siem critical'])
    await writeFile(certificateFile, world.certificate(300).cert)
    expect(await note()).toBe(true)
    expect(await world.changes()).toEqual(['close'])
    expect(await note()).toBe(false)
  })

  test.each([
    ['a web address', (port: number) => hookAt(port)],
    ['a mail server', (port: number) => mailBy(port)],
    ['a SIEM', (port: number) => syslogTo(port)],
  ])(
    'of %s is seen when it is told something, taken or not, and once the channel leads elsewhere it is no matter',
    async (_, specAt) => {
      await using world = await aWorld()
      const certificate = world.certificate(5)
      await using server = await refusingServer(certificate)
      const caFile = join(world.home, 'ca.pem')
      await writeFile(caFile, certificate.cert)
      const spec = { ...specAt(server.port), caFile }
      const record = await world.addChannel('soc', spec)
      const { catalogue, noteCertificate } = world
      const { credentials } = catalogue
      const channel = await makeChannelOf({ credentials, version: '1', noteCertificate })(record)

      await channel.deliver(lost, signal).catch(() => undefined)

      const shown = shownOf(new X509Certificate(certificate.cert))
      expect(await catalogue.certificates.list()).toMatchObject([{ of: 'channel', id: record.id, ...shown }])
      expect(await world.changes()).toEqual(['open certificate-expiring soc critical'])
      await catalogue.channels.exchange(record, { ...record, spec: specAt(server.port + 1) })
      expect(await world.changes()).toEqual(['close'])
      await catalogue.notices.end(record.id)
      expect(await catalogue.certificates.list()).toEqual([])
    },
  )

  test('of an object store is known to the way by which a probe reached it', async () => {
    await using world = await aWorld()
    const certificate = world.certificate(5)
    await using server = await hookServer(certificate)
    server.answer = { status: 403, text: '' }
    const caFile = join(world.home, 'ca.pem')
    await writeFile(caFile, certificate.cert)
    const endpoint = `https://127.0.0.1:${server.port}`
    const spec = {
      kind: 's3',
      endpoint,
      bucket: 'b',
      region: 'eu',
      prefix: '',
      style: 'path',
      caFile,
    } as const
    const words = { id: randomUUID(), name: 'store', spec, runsBefore: 0, createdAt: world.clock.now() }
    const record = { ...words, repositoryPassword: new Secret('x') }
    const { home, clock, catalogue } = world
    await using ways = openWays({
      ...{ home, clock, mountsFolder: home, ownEnvironment: {}, credentials: catalogue.credentials },
      s3Keys: { accessKey: 'a', secret: new Secret('s') },
    })

    const { destination } = await targetOf(record, ways.reachApart)
    await Array.fromAsync(destination.list('', signal)).catch(() => undefined)

    expect(ways.certificateOf(spec)).toEqual(shownOf(new X509Certificate(certificate.cert)))
    expect(ways.certificateOf({ ...spec, endpoint: 'https://127.0.0.1:1' })).toBeUndefined()
  })
})

/** An instance whose incidents are kept, and on which nothing else is wrong. */
async function aWorld() {
  const instance = await anInstance()
  const { catalogue, clock } = instance
  const log = { info: () => undefined, warn: () => undefined, error: () => undefined } as unknown as Log
  const ready = { readiness: { generation: 1 }, warnings: [] } as unknown as ReadinessReport
  const findTroubles = makeFindTroubles({ catalogue, clock, reportReadiness: async () => ready })
  const keep = makeKeepIncidents({ catalogue, clock, log, findTroubles })
  const noteCertificate = makeNoteCertificate({ catalogue, clock, log })
  const certificate = (days: number): Certificate => {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    const until = new Date(Date.now() + days * dayMs)
    const words = { names: ['127.0.0.1'], from: new Date(until.getTime() - 365 * dayMs), until }
    const key = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
    return { key, cert: selfSignedCertificate(privateKey, words) }
  }
  // Certificates of real connections are held against the real time.
  clock.advance(Date.now() - clock.now().getTime())
  return {
    ...instance,
    keep,
    certificate,
    noteCertificate,
    noteOwn: (api: (() => ShownCertificate & { readonly place: string }) | undefined) =>
      makeNoteOwnCertificates({ catalogue, noteCertificate, machine: 'vault', api }),
    /** Of a year, with so many days left. */
    lasting(days: number): ShownCertificate {
      const until = new Date(clock.now().getTime() + days * dayMs)
      return { fingerprint: randomUUID(), from: new Date(until.getTime() - 365 * dayMs), until }
    },
    async changes(): Promise<string[]> {
      const steps = await keep()
      return steps.flatMap((step) => {
        if (step.kind === 'close') return ['close']
        const { kind, subject, severity } = step.trouble
        if (step.kind === 'open') return [`open ${kind} ${subject} ${severity}`]
        return step.tell === 'worsened' ? [`worsened ${severity}`] : []
      })
    },
    async addChannel(name: string, spec: ChannelSpec): Promise<ChannelRecord> {
      const rules = { leastSeverity: 'info', digestMinutes: 0 } as const
      await catalogue.channels.add({ id: randomUUID(), name, spec, createdAt: clock.now(), ...rules })
      return catalogue.channels.get(name)
    },
  }
}

function hookAt(port: number) {
  return { kind: 'webhook', url: `https://127.0.0.1:${port}/a`, preset: 'json' } as const
}

function syslogTo(port: number) {
  const words = { kind: 'syslog', transport: 'tls', format: 'cef', facility: 'daemon' } as const
  return { ...words, host: '127.0.0.1', port }
}

function mailBy(port: number) {
  const words = { kind: 'smtp', security: 'tls', from: 'a@example.com', to: ['b@example.com'] } as const
  return { ...words, host: '127.0.0.1', port }
}

/** Shows its certificate, and takes nothing. */
async function refusingServer({ key, cert }: Certificate): Promise<AsyncDisposable & { port: number }> {
  const sockets = new Set<Socket>()
  const server = createServer({ key, cert }, (socket) => {
    sockets.add(socket)
    socket
      .on('error', () => undefined)
      .resume()
      .end('554 no\r\n')
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}

function raise(): never {
  throw new Error('there is none yet')
}
