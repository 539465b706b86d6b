import { describe, expect, test } from 'vitest'
import { alone } from '../../test/support/alone.ts'
import { handTurnedClock } from '../../test/support/clock.ts'
import { faultyDestination } from '../../test/support/faulty-destination.ts'
import { ledgerStoreInMemory } from '../../test/support/ledger-store.ts'
import { targetAt } from '../../test/support/target-at.ts'
import type { LedgerDraft } from '../bundle/ledger/draft.ts'
import { encodeLedger, extendLedger } from '../bundle/ledger/extend-ledger.ts'
import { verifyLedger } from '../bundle/ledger/verify-ledger.ts'
import { Secret } from '../core/secret.ts'
import { generateSigningKey, publicKeyLine } from '../crypto/ssh-signature.ts'
import { memoryDestination } from '../destinations/memory.ts'
import { type ObjectName, parseObjectName } from '../ports/destination.ts'
import type { News } from '../ports/notifier.ts'
import { ledgerName, makeRecordInLedger, readAheadBytes } from './record-in-ledger.ts'

const signal = new AbortController().signal
const instance = { id: '1fd2e2a8-6e0c-4d5b-9a43-0d4b1c7c2a11', name: 'test', createdAt: new Date(0) }

function draftOf(name: string): LedgerDraft {
  const object = parseObjectName(`secrets/${name}.age`)
  return { event: 'put', kind: 'bundle', object, bytes: 1, sha256: 'b'.repeat(64), detail: {} }
}

function setUp() {
  const objects = new Map<ObjectName, Uint8Array>()
  const destination = memoryDestination(objects)
  const record = {
    id: 'c0ffee00-0000-4000-8000-000000000001',
    name: 'shelf',
    spec: { kind: 'local', path: '/nowhere' },
    repositoryPassword: new Secret('x'),
    createdAt: new Date(0),
    runsBefore: 0,
  } as const
  const signingKey = generateSigningKey()
  const ledgers = ledgerStoreInMemory()
  const clock = handTurnedClock()
  const target = targetAt(record, destination)
  const told: News[] = []
  const recordInLedger = makeRecordInLedger({
    instance,
    ledgers,
    signingKey: async () => signingKey,
    clock,
    whileWriting: alone,
    notifier: { tell: async (news) => void told.push(news) },
  })
  const found = () =>
    verifyLedger(objects.get(ledgerName) ?? new Uint8Array(), {
      instance: instance.id,
      publicKey: publicKeyLine(signingKey, ''),
    })
  const named = () =>
    found()
      .entries.filter(({ event }) => event === 'put')
      .map(({ object }) => object)
  return { objects, destination, target, ledgers, recordInLedger, found, named, signingKey, told }
}

describe('recordInLedger', () => {
  test('adds to the ledger at the destination, again and again', async () => {
    const { recordInLedger, target, found, named } = setUp()

    const warnings = [
      await recordInLedger(target, [draftOf('one')], signal),
      await recordInLedger(target, [draftOf('two'), draftOf('three')], signal),
      await recordInLedger(target, [], signal),
    ].flat()

    expect(warnings).toEqual([])
    expect(named()).toEqual(['one', 'two', 'three'].map((name) => `secrets/${name}.age`))
    expect(found().findings).toEqual([])
    expect(found().head.sequence).toBe(5)
  })

  test('writes one line after the other when asked for many at once', async () => {
    const { recordInLedger, target, found } = setUp()

    await Promise.all(['a', 'b', 'c', 'd'].map((name) => recordInLedger(target, [draftOf(name)], signal)))

    expect(found()).toMatchObject({ findings: [], head: { sequence: 8 } })
  })

  test.each([
    ['altered', (ledger: Uint8Array) => ledger.fill(0x41, 10, 20)],
    ['rolled-back', (ledger: Uint8Array) => ledger.slice(0, ledger.indexOf(0x0a) + 1)],
    ['altered', (ledger: Uint8Array) => ledger.slice(0, -5)],
  ])('keeps a ledger that is %s aside, writes the true one and tells people', async (reason, harm) => {
    const { recordInLedger, target, found, named, objects, told } = setUp()
    await recordInLedger(target, [draftOf('one')], signal)
    const harmed = harm((objects.get(ledgerName) ?? new Uint8Array()).slice())
    objects.set(ledgerName, harmed)

    const warnings = await recordInLedger(target, [draftOf('two')], signal)

    expect(warnings).toHaveLength(1)
    expect(told).toMatchObject([{ kind: 'ledger-broken', find: { destination: 'shelf', what: reason } }])
    expect(named()).toEqual(['secrets/one.age', 'secrets/two.age'])
    expect(found().findings).toEqual([])
    const notice = found().entries.find(({ event }) => event === 'noticed')
    expect(notice?.detail).toEqual({ reason })
    expect(notice === undefined ? undefined : objects.get(notice.object)).toEqual(harmed)
  })

  test('keeps the beginning alone of a ledger that is too long to be read', async () => {
    const { recordInLedger, target, found, objects, named } = setUp()
    await recordInLedger(target, [draftOf('one')], signal)
    const ours = objects.get(ledgerName)?.length ?? 0
    objects.set(ledgerName, new Uint8Array(ours + 2 * readAheadBytes))

    await recordInLedger(target, [draftOf('two')], signal)

    const notice = found().entries.find(({ event }) => event === 'noticed')
    expect(notice).toMatchObject({ detail: { reason: 'foreign' }, bytes: ours + readAheadBytes })
    expect(named()).toEqual(['secrets/one.age', 'secrets/two.age'])
  })

  test('writes a ledger that is gone again, with all it said', async () => {
    const { recordInLedger, target, named, objects } = setUp()
    await recordInLedger(target, [draftOf('one')], signal)
    objects.delete(ledgerName)

    const [warning] = await recordInLedger(target, [draftOf('two')], signal)

    expect(warning).toContain('is gone')
    expect(named()).toEqual(['secrets/one.age', 'secrets/two.age'])
  })

  test('takes over its own longer ledger when the instance was restored from a backup', async () => {
    const { recordInLedger, target, found, named, objects, signingKey, told } = setUp()
    await recordInLedger(target, [draftOf('one')], signal)
    const writer = { instance: instance.id, signingKey, time: new Date(0) }
    const first = extendLedger([], [draftOf('zero')], writer)
    objects.set(ledgerName, encodeLedger([...first, ...extendLedger(first, [draftOf('one')], writer)]))
    const fresh = makeRecordInLedger({
      instance,
      ledgers: ledgerStoreInMemory(),
      signingKey: async () => signingKey,
      clock: handTurnedClock(),
      whileWriting: alone,
      notifier: { tell: async (news) => void told.push(news) },
    })

    const warnings = await fresh(target, [draftOf('two')], signal)

    expect(warnings).toEqual([expect.stringContaining('taken over')])
    expect(told).toEqual([])
    expect(named()).toEqual(['zero', 'one', 'two'].map((name) => `secrets/${name}.age`))
    expect(found().findings).toEqual([])
  })

  test.each(['fails-before', 'fails-after', 'truncates'] as const)(
    'loses no entry when any one call of the destination %s',
    async (fault) => {
      for (let failAt = 1; ; failAt += 1) {
        const { recordInLedger, target, found, named, destination } = setUp()
        const faulty = faultyDestination(destination, failAt, fault)
        await recordInLedger({ ...target, destination: faulty }, [draftOf('one')], signal).catch(() => [])
        await recordInLedger({ ...target, destination: faulty }, [draftOf('two')], signal).catch(() => [])

        await recordInLedger(target, [draftOf('three')], signal)

        expect(named()).toEqual(['one', 'two', 'three'].map((name) => `secrets/${name}.age`))
        expect(found().findings).toEqual([])
        if (faulty.calls() < failAt) return
      }
    },
  )
})
