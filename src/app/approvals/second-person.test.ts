import { describe, expect, test } from 'vitest'
import { alterCatalogue, anInstance, type TestInstance } from '../../../test/support/instance.ts'
import type { Approval, Proposal } from '../../ports/approval.ts'
import type { News } from '../../ports/notifier.ts'
import { makeAnswerApproval } from './answer-approval.ts'
import { makeRequireSecondPerson, type RequireSecondPerson } from './require-second-person.ts'
import { makeSetRules } from './set-rules.ts'

const signal = new AbortController().signal
const day = 24 * 60 * 60_000
const newKey: Proposal = { danger: 'recipient', subject: 'recovery key', lines: ['now AB', 'then CD'] }
const anotherKey: Proposal = { ...newKey, lines: ['now AB', 'then EF'] }

describe('a second person', () => {
  test('is not asked where there is one administrator, who could not do anything any more', async () => {
    await using there = await setUp(['ada'])
    const { requireOf, instance } = there

    await requireOf('ada')(newKey, signal)

    expect(await instance.catalogue.approvals.page({ sort: 'id', direction: 'desc', limit: 9 })).toEqual({
      items: [],
    })
  })

  test('is asked once, told of it, and agrees to what was asked and to nothing else, for once', async () => {
    await using there = await setUp(['ada', 'grace'])
    const { requireOf, answer, told, instance } = there

    await expect(requireOf('ada')(newKey, signal)).rejects.toMatchObject({ code: 'APPROVAL_NEEDED' })
    await expect(requireOf('ada')(newKey, signal)).rejects.toMatchObject({ code: 'APPROVAL_NEEDED' })
    expect(told.map(({ kind }) => kind)).toEqual(['approval-asked'])

    await answer('grace', 1, true)
    await expect(requireOf('ada')(anotherKey, signal)).rejects.toMatchObject({ code: 'APPROVAL_NEEDED' })
    await expect(requireOf('root')(newKey, signal)).rejects.toMatchObject({ code: 'APPROVAL_NEEDED' })
    await requireOf('ada')(newKey, signal)
    await expect(requireOf('ada')(newKey, signal)).rejects.toMatchObject({ code: 'APPROVAL_NEEDED' })

    const trail = await instance.catalogue.audit.list(20)
    expect(trail.map(({ actor, action, subject }) => [actor, action, subject])).toEqual(
      expect.arrayContaining([
        ['ada', 'approval.ask', '1'],
        ['user:grace', 'approval.give', '1'],
      ]),
    )
  })

  test('has to be another one, and an administrator', async () => {
    await using there = await setUp(['ada', 'grace'])
    const { requireOf, answer } = there
    await expect(requireOf('ada')(newKey, signal)).rejects.toThrow()

    await expect(answer('ada', 1, true)).rejects.toMatchObject({ code: 'NOT_ALLOWED' })
    await expect(answer('eve', 1, true)).rejects.toMatchObject({ code: 'NOT_ALLOWED' })
    await expect(requireOf('ada')(newKey, signal)).rejects.toMatchObject({ code: 'APPROVAL_NEEDED' })
  })

  test('who refuses ends it, and can be asked anew', async () => {
    await using there = await setUp(['ada', 'grace'], { patienceMs: 60_000 })
    const { requireOf, answer, instance } = there
    const asked = requireOf('ada')(newKey, signal)
    asked.catch(() => undefined)
    await instance.clock.run(3000)

    await answer('grace', 1, false)
    await instance.clock.run(3000)

    await expect(asked).rejects.toMatchObject({ code: 'APPROVAL_REFUSED' })
    await expect(answer('grace', 1, true)).rejects.toMatchObject({ code: 'CHANGED_MEANWHILE' })
    const again = requireOf('ada')(newKey, signal)
    await instance.clock.run(3000)
    await answer('grace', 2, true)
    await instance.clock.run(3000)
    await again
  })

  test('is waited for, which who asks can give up', async () => {
    await using there = await setUp(['ada', 'grace'], { patienceMs: 60_000 })
    const { requireOf, waiting, instance } = there
    const giveUp = new AbortController()
    const asked = requireOf('ada')(newKey, giveUp.signal)
    asked.catch(() => undefined)
    await instance.clock.run(3000)
    expect(waiting.map(({ id }) => id)).toEqual([1])

    giveUp.abort(new Error('given up'))

    await expect(asked).rejects.toThrow('given up')
  })

  test('who agrees too late agrees to nothing, nor does an agreement count for ever', async () => {
    await using there = await setUp(['ada', 'grace'])
    const { requireOf, answer, instance } = there
    await expect(requireOf('ada')(newKey, signal)).rejects.toThrow()
    await expect(requireOf('ada')(anotherKey, signal)).rejects.toThrow()
    await answer('grace', 2, true)

    instance.clock.advance(day)

    await expect(answer('grace', 1, true)).rejects.toMatchObject({ code: 'CHANGED_MEANWHILE' })
    await expect(requireOf('ada')(anotherKey, signal)).rejects.toMatchObject({ code: 'APPROVAL_NEEDED' })
  })

  test('agrees to one of two who do the same at once', async () => {
    await using there = await setUp(['ada', 'grace'])
    const { requireOf, answer } = there
    await expect(requireOf('ada')(newKey, signal)).rejects.toThrow()
    await answer('grace', 1, true)

    const ended = await Promise.allSettled([
      requireOf('ada')(newKey, signal),
      requireOf('ada')(newKey, signal),
    ])

    expect(ended.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected'])
  })
})

test('who only writes to the database agrees to nothing', async () => {
  await using there = await setUp(['ada', 'grace'])
  const { instance, requireOf, answer } = there
  await expect(requireOf('ada')(newKey, signal)).rejects.toThrow()
  await expect(requireOf('ada')(anotherKey, signal)).rejects.toThrow()
  await answer('grace', 2, true)

  alterCatalogue(
    instance.home,
    'update approval set sealed_record = (select sealed_record from approval where id = 2) where id = 1',
  )

  await expect(requireOf('ada')(newKey, signal)).rejects.toMatchObject({ code: 'INSTANCE_KEY_WRONG' })
})

describe('the rules of who has to agree to what', () => {
  test('are made stricter by one, and looser by two', async () => {
    await using there = await setUp(['ada', 'grace'])
    const { setRules, requireOf, answer, instance } = there
    const removal: Proposal = { danger: 'copies', subject: 'nas', lines: ['all'] }
    await requireOf('ada')(removal, signal)

    await setRules('ada')({ copies: 'always' }, signal)
    await expect(requireOf('ada')(removal, signal)).rejects.toMatchObject({ code: 'APPROVAL_NEEDED' })
    await expect(setRules('ada')({ copies: 'never' }, signal)).rejects.toMatchObject({
      code: 'APPROVAL_NEEDED',
    })
    expect((await instance.catalogue.approvals.rules()).copies).toBe('always')

    await answer('grace', 2, true)
    await setRules('ada')({ copies: 'never' }, signal)
    expect((await instance.catalogue.approvals.rules()).copies).toBe('never')
  })

  test('ask nobody always where nobody could agree', async () => {
    await using there = await setUp(['ada'])
    const { setRules } = there

    await expect(setRules('ada')({ copies: 'always' }, signal)).rejects.toMatchObject({ code: 'USAGE' })
  })
})

interface SetUp extends AsyncDisposable {
  readonly instance: TestInstance
  readonly told: News[]
  readonly waiting: Approval[]
  readonly requireOf: (actor: string) => RequireSecondPerson
  readonly answer: (actor: string, id: number, agreed: boolean) => Promise<Approval>
  readonly setRules: (actor: string) => ReturnType<typeof makeSetRules>
}

async function setUp(administrators: readonly string[], { patienceMs = 0 } = {}): Promise<SetUp> {
  const instance = await anInstance()
  const told: News[] = []
  const waiting: Approval[] = []
  const depsOf = (actor: string) => ({
    catalogue: instance.catalogue,
    clock: instance.clock,
    actor,
    administrators: async () => administrators,
    notifier: {
      async tell(news: News) {
        told.push(news)
      },
    },
    patienceMs,
    onWaiting: (approval: Approval) => waiting.push(approval),
    wait: (milliseconds: number, until: AbortSignal) => instance.clock.wait(milliseconds, until),
  })
  const requireOf = (actor: string) => makeRequireSecondPerson(depsOf(actor))
  return {
    instance,
    told,
    waiting,
    requireOf,
    answer: (actor, id, agreed) => makeAnswerApproval(depsOf(`user:${actor}`))(id, agreed),
    setRules: (actor) => makeSetRules({ ...depsOf(actor), requireSecondPerson: requireOf(actor) }),
    [Symbol.asyncDispose]: () => instance[Symbol.asyncDispose](),
  }
}
