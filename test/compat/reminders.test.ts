import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { makeAnswerDrill } from '../../src/app/answer-drill.ts'
import { agreedBefore } from '../../src/app/approvals/require-second-person.ts'
import { makeDeliverNotices } from '../../src/app/daemon/deliver-notices.ts'
import { makeDoRoutines } from '../../src/app/daemon/do-routines.ts'
import { makeHoldCeremony } from '../../src/app/hold-ceremony.ts'
import { makeAddGuardian } from '../../src/app/keep-guardian.ts'
import { makeReportReadiness } from '../../src/app/readiness.ts'
import { makeRemindGuardians } from '../../src/app/remind-guardians.ts'
import { makeTellHeads } from '../../src/app/tell-heads.ts'
import type { WhileLeased } from '../../src/app/while-leased.ts'
import { encodeLedger, extendLedger } from '../../src/bundle/ledger/extend-ledger.ts'
import { headOf, holdsHead, parseHead } from '../../src/bundle/ledger/head.ts'
import { Secret } from '../../src/core/secret.ts'
import { portablePrimitives } from '../../src/crypto/portable.ts'
import { parseShare } from '../../src/crypto/slip39/parse-share.ts'
import { smtpChannel } from '../../src/notifiers/smtp/smtp-channel.ts'
import { parseObjectName } from '../../src/ports/destination.ts'
import type { Log } from '../../src/ports/log.ts'
import { type Exim, eximMissing, startExim } from '../support/exim.ts'
import { anInstance } from '../support/instance.ts'
import { toldToNobody } from '../support/notifier.ts'
import { readMails } from '../support/read-mails.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const { signal } = new AbortController()
const day = 86_400_000
const log: Log = { info: () => undefined, warn: () => undefined, error: () => undefined }
const alone: WhileLeased = (_, __, work) => work('lease')

describe.skipIf(eximMissing())('what the daemon mails on schedule', () => {
  let exim: Exim
  let before = 0
  beforeAll(async () => {
    exim = await startExim()
  }, 60_000)
  afterAll(() => exim[Symbol.asyncDispose]())

  /** An instance that any 2 of 3 guardians open, of whom Ana keeps share 1, Rui share 2 and has no address, and share 3 is nobody's; and a channel, by Exim. */
  async function aWorld() {
    const instance = await anInstance()
    const folder = await temporaryFolder()
    const { catalogue, clock } = instance
    const primitives = portablePrimitives()
    const audited = { catalogue, clock, actor: 'ada' }
    const addGuardian = makeAddGuardian(audited)
    const ana = await addGuardian('Ana', { mail: 'ana@example.com' })
    const rui = await addGuardian('Rui', {})
    const words: string[] = []
    const quorum = {
      scheme: { groupThreshold: 1, groups: [{ name: 'guardians', threshold: 2, count: 3 }] },
      sealedTo: new Map<number, string>(),
      handOver: async (share: { readonly words: Secret }) => {
        words.push(share.words.reveal())
        return parseShare(share.words.reveal())
      },
    }
    const keepers = new Map([
      [1, ana.id],
      [2, rui.id],
    ])
    await makeHoldCeremony({
      ...{ ...audited, primitives, notifier: toldToNobody, requireSecondPerson: agreedBefore },
      ...{ scryptLogN: 10, openers: async () => [] },
    })({ profile: 'classic', quorum, keepers, outFolder: join(folder.path, 'out') }, signal)
    const mail = {
      kind: 'smtp',
      host: '127.0.0.1',
      security: 'starttls',
      from: 'redoma@pam.example.com',
    } as const
    const spec = { ...mail, port: exim.ports.smtp, to: ['soc@example.com'] }
    const channel = {
      id: randomUUID(),
      name: 'mail',
      spec,
      leastSeverity: 'error',
      digestMinutes: 30,
    } as const
    await catalogue.channels.add({ ...channel, createdAt: clock.now() })
    await catalogue.notices.begin(channel.id)
    const { user, password } = exim.login
    const deliver = makeDeliverNotices({
      ...{ catalogue, clock, log, random: () => 1, whileLeased: alone },
      instance: { id: 'i', name: 'vault', host: 'bastion' },
      makeChannel: async (record) => {
        if (record.spec.kind !== 'smtp') throw new Error('it is mail')
        const login = { user, password: new Secret(password) }
        return smtpChannel(record.spec, { login, ca: exim.authority.ca, patienceMs: 10_000 })
      },
    })
    const reportReadiness = makeReportReadiness({ catalogue, clock })
    const doRoutines = makeDoRoutines({
      ...{ catalogue, clock, whileLeased: alone },
      work: {
        heads: makeTellHeads({ catalogue, clock }),
        reminders: makeRemindGuardians({ ...audited, reportReadiness }),
      },
    })
    return {
      ...instance,
      words,
      answerDrill: makeAnswerDrill(audited),
      only: async (wanted?: 'heads' | 'reminders') => {
        for (const { name, schedule } of await catalogue.routines.list())
          await catalogue.routines.set(name, { isEnabled: name === wanted, schedule }, clock.now())
      },
      /** What arrives of what is due when so much time has passed. */
      async after(milliseconds: number, count: number) {
        clock.advance(milliseconds)
        await doRoutines(signal)
        // What waits for a digest.
        clock.advance(day / 4)
        await deliver(signal)
        const all = readMails(await exim.mails(before + count))
        const arrived = all.slice(before)
        before = all.length
        expect(arrived).toHaveLength(count)
        return arrived
      },
      async [Symbol.asyncDispose]() {
        await folder[Symbol.asyncDispose]()
        await instance[Symbol.asyncDispose]()
      },
    }
  }

  test('a guardian whose drill is overdue is reminded by a mail of their own, once a week, in two languages and without a secret', async () => {
    await using world = await aWorld()
    await world.only('reminders')

    expect(await world.after(30 * day, 0)).toEqual([])
    const [reminder] = await world.after(70 * day, 1)
    expect(await world.after(day, 0)).toEqual([])
    expect(await world.after(6 * day, 1)).toHaveLength(1)

    expect(reminder?.headers).toMatchObject({ to: ['ana@example.com'] })
    expect(String(reminder?.headers['subject'])).toContain('Do you still have your card?')
    expect(reminder?.text).toContain('Dear Ana: you keep card 1 for the backups of')
    expect(reminder?.text).toContain('Caro/a Ana: guarda o cartão 1 das cópias de segurança de')
    expect(reminder?.text).not.toContain('What to do')
    for (const share of world.words)
      for (const pair of share.match(/\w+ \w+/g) ?? []) expect(reminder?.text).not.toContain(pair)
    const audited = await world.catalogue.audit.list(20)
    expect(audited.filter(({ action }) => action === 'guardian.remind')).toMatchObject([
      { subject: 'Ana', detail: 'ana@example.com' },
      { subject: 'Ana' },
    ])
  })

  test('nobody is reminded while that is switched off', async () => {
    await using world = await aWorld()
    await world.only()
    world.clock.advance(100 * day)

    await world.after(day, 0)
    expect((await world.catalogue.audit.list(20)).map(({ action }) => action)).not.toContain(
      'guardian.remind',
    )
  })

  test('a mailbox keeps the heads of ledgers each week, and by one of them shows that a ledger was set back', async () => {
    await using world = await aWorld()
    await world.only('heads')
    const { catalogue, clock } = world
    const id = randomUUID()
    const spec = { kind: 'local', path: '/mnt/nas' } as const
    const record = {
      id,
      name: 'nas',
      spec,
      repositoryPassword: new Secret('x'),
      createdAt: clock.now(),
      runsBefore: 0,
    }
    await catalogue.destinations.add(record)
    const writer = {
      instance: catalogue.instance.id,
      signingKey: await catalogue.signingKey(),
      time: clock.now(),
    }
    const drafts = ['one', 'two'].map((name) => ({
      ...({
        event: 'put',
        kind: 'bundle',
        object: parseObjectName(`secrets/${name}.age`),
        bytes: 1,
      } as const),
      ...{ sha256: 'a'.repeat(64), detail: {} },
    }))
    const lines = extendLedger([], drafts, writer)
    await catalogue.ledgers.append(id, lines)

    const mails = await world.after(7 * day, 1)

    const kept = /glass verify nas --head (\S+)/.exec(mails[0]?.text ?? '')?.[1] ?? ''
    const head = parseHead(kept)
    expect(head.sequence).toBe(headOf(lines)?.sequence)
    expect(holdsHead(encodeLedger(lines), head)).toBe(true)
    expect(holdsHead(encodeLedger(lines.slice(0, 1)), head)).toBe(false)
    expect(mails[0]?.text).toMatch(/audit verify --head \d+:[0-9a-f]{64}/)
    expect(mails[0]?.headers).toMatchObject({ to: ['soc@example.com'] })
  })
})
