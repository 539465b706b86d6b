import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { anInstance } from '../../test/support/instance.ts'
import { toldToNobody } from '../../test/support/notifier.ts'
import { temporaryFolder } from '../../test/support/temporary-folder.ts'
import { parseDrill } from '../bundle/drill/drill-file.ts'
import { Secret } from '../core/secret.ts'
import { generateIdentity } from '../crypto/age/recipients.ts'
import { portablePrimitives } from '../crypto/portable.ts'
import { parseShare, type Share } from '../crypto/slip39/parse-share.ts'
import { makeAnswerDrill } from './answer-drill.ts'
import { agreedBefore } from './approvals/require-second-person.ts'
import { makeHoldCeremony } from './hold-ceremony.ts'
import { makeAddGuardian, makeEditGuardian, makeRemoveGuardian } from './keep-guardian.ts'
import { makeOpenDrill } from './open-drill.ts'
import { makeReportReadiness } from './readiness.ts'
import { makeStartDrill } from './start-drill.ts'

const signal = new AbortController().signal
const primitives = portablePrimitives()
const dayMs = 86_400_000

/** An instance whose key any 2 of 3 guardians open; share 3 was sealed, and left to a drill. */
async function setUp() {
  const instance = await anInstance()
  const folder = await temporaryFolder()
  const { catalogue, clock } = instance
  const deps = {
    catalogue,
    clock,
    actor: 'ada',
    primitives,
    notifier: toldToNobody,
    requireSecondPerson: agreedBefore,
    scryptLogN: 10,
    openers: async () => [],
  }
  const shares: Share[] = []
  const quorum = {
    scheme: { groupThreshold: 1, groups: [{ name: 'guardians', threshold: 2, count: 3 }] },
    sealedTo: new Map<number, string>(),
    handOver: async ({ number, words }: { number: number; words: Secret }) => {
      const share = parseShare(words.reveal())
      shares.push(share)
      return number === 3 ? undefined : share
    },
  }
  const ana = await makeAddGuardian(deps)('Ana', { mail: 'ana@example.com' })
  const keepers = new Map([[1, ana.id]])
  const outFolder = join(folder.path, 'out')
  await makeHoldCeremony(deps)({ profile: 'classic', quorum, keepers, outFolder }, signal)
  const file = join(folder.path, 'drill.json')
  return {
    ...instance,
    shares,
    addGuardian: makeAddGuardian(deps),
    editGuardian: makeEditGuardian(deps),
    removeGuardian: makeRemoveGuardian(deps),
    start: () => makeStartDrill(deps)(file, 14 * dayMs),
    readFile: async () => parseDrill(await readFile(file)),
    open: makeOpenDrill({ primitives }),
    answer: makeAnswerDrill(deps),
    report: makeReportReadiness(deps),
    async [Symbol.asyncDispose]() {
      await folder[Symbol.asyncDispose]()
      await instance[Symbol.asyncDispose]()
    },
  }
}

describe('after a ceremony', () => {
  test('what was typed back is proven, what was not is not, and each share is its guardian’s', async () => {
    await using world = await setUp()

    const report = await world.report()

    expect(report?.readiness).toMatchObject({ proven: 2, quorum: 'thin', drill: 'in-time' })
    expect(report?.readiness.shares.map(({ provenAt }) => provenAt !== undefined)).toEqual([
      true,
      true,
      false,
    ])
    expect(report?.guardians.get(1)?.name).toBe('Ana')
    expect(report?.warnings).toEqual([expect.stringContaining('thin') as string])
  })
})

describe('a drill', () => {
  test('proves a share by the answer that only its words give', async () => {
    await using world = await setUp()
    await world.start()
    const drill = await world.readFile()
    const [, , share = parseShare('')] = world.shares
    const { code } = await world.open(drill, { kind: 'share', share })

    expect(await world.answer(undefined, [{ subject: 1, code }])).toEqual([{ subject: 1, outcome: 'wrong' }])
    expect(await world.answer(drill.drill, [{ subject: 3, code: code.toLowerCase() }])).toEqual([
      { subject: 3, outcome: 'proven' },
    ])
    expect(
      await world.answer(undefined, [
        { subject: 3, code },
        { subject: 4, code },
      ]),
    ).toEqual([
      { subject: 3, outcome: 'answered-before' },
      { subject: 4, outcome: 'not-asked' },
    ])

    const report = await world.report()
    expect(report?.readiness).toMatchObject({ proven: 3, quorum: 'enough' })
    expect(report?.readiness.shares[2]).toMatchObject({ number: 3, drill: drill.drill })
    expect(report?.warnings).toEqual([])
    const audited = (await world.catalogue.audit.list(10)).map(({ action, detail }) => `${action} ${detail}`)
    expect(audited).toContain('glass.drill.answer share 3: proven')
    expect(audited).toContain('glass.drill.answer share 1: wrong')
  })

  test('takes no answer after its end, nor to a drill of somebody else', async () => {
    await using world = await setUp()
    await expect(world.answer(undefined, [])).rejects.toMatchObject({ code: 'NOT_FOUND' })
    await world.start()
    const drill = await world.readFile()
    const [share = parseShare('')] = world.shares
    const { code } = await world.open(drill, { kind: 'share', share })

    await expect(world.answer('6a1f6f4e-0000-4000-8000-00000000000d', [])).rejects.toMatchObject({
      code: 'NOT_FOUND',
    })
    world.clock.advance(14 * dayMs)
    await expect(world.answer(undefined, [{ subject: 1, code }])).rejects.toThrow('has ended')
  })

  test('that is overdue is said, by how many days, until enough of them have proven theirs again', async () => {
    await using world = await setUp()
    world.clock.advance(91 * dayMs)
    expect((await world.report())?.warnings[0]).toContain(
      'overdue: the last proof is 91 days old, and 90 are allowed',
    )

    await world.start()
    const drill = await world.readFile()
    for (const [at, share] of world.shares.slice(0, 2).entries()) {
      const { code } = await world.open(drill, { kind: 'share', share })
      await world.answer(undefined, [{ subject: at + 1, code }])
    }

    expect((await world.report())?.readiness).toMatchObject({ drill: 'in-time', quorum: 'thin' })
  })

  test('keeps nothing of a code but a hash, and nothing of a share at all', async () => {
    await using world = await setUp()
    await world.start()
    const drill = await world.readFile()
    const [share = parseShare('')] = world.shares
    const { code } = await world.open(drill, { kind: 'share', share })
    await world.answer(undefined, [{ subject: 1, code }])

    const catalogue = await readFile(join(world.home, 'catalogue.sqlite'), 'latin1')
    const log = await readFile(join(world.home, 'catalogue.sqlite-wal'), 'latin1')
    for (const text of [
      code,
      code.replaceAll('-', ''),
      share.words.reveal().split(' ').slice(4, 7).join(' '),
    ]) {
      expect(catalogue + log).not.toContain(text)
    }
  })
})

describe('a guardian', () => {
  test('is given a share, a key that something can be sealed to, and another name', async () => {
    await using world = await setUp()
    const { recipient } = await generateIdentity('classic')
    await world.addGuardian('Bruno', { publicKey: recipient, share: 2 })
    await world.editGuardian('Bruno', { name: 'Bruno Reis', note: 'desk 3', share: 3 })

    expect(await world.catalogue.guardians.get('Bruno Reis')).toMatchObject({
      publicKey: recipient,
      note: 'desk 3',
    })
    const report = await world.report()
    expect([2, 3].map((number) => report?.guardians.get(number)?.name)).toEqual(['Bruno Reis', 'Bruno Reis'])

    await world.removeGuardian('Bruno Reis')
    expect((await world.report())?.guardians.size).toBe(1)
  })

  test('cannot have a share that there is not, a key that is none, or the name of another', async () => {
    await using world = await setUp()

    await expect(world.addGuardian('Bruno', { share: 4 })).rejects.toMatchObject({ code: 'NOT_FOUND' })
    await expect(world.addGuardian('Bruno', { publicKey: 'age1nonsense' })).rejects.toMatchObject({
      code: 'FORMAT_UNKNOWN',
    })
    await expect(world.addGuardian('Ana', {})).rejects.toMatchObject({ code: 'ALREADY_EXISTS' })
    await expect(world.addGuardian(' ', {})).rejects.toMatchObject({ code: 'USAGE' })
    expect((await world.catalogue.guardians.list()).map(({ name }) => name)).toEqual(['Ana'])
  })
})
