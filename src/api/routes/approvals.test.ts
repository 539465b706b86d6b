import { describe, expect, test } from 'vitest'
import { aServedInstance, type Served } from '../../../test/support/served.ts'
import { aBrowserOf, aUser } from '../../../test/support/users.ts'
import { admitUsers } from '../access/admit-users.ts'
import type { Api } from '../contract/route.ts'
import { makeApi } from '../make-api.ts'

describe('a second person, by the API', () => {
  test('is asked before one of two administrators makes a third, takes the other away, or gives the other a new password', async () => {
    await using world = await aWorld()
    const { ada, grace } = world

    expect(await world.ask(ada, 'POST', '/users', { name: 'olga', role: 'operator' })).toMatchObject([
      201,
      {},
    ])
    const changes = [
      ['POST', '/users', { name: 'puppet', role: 'administrator' }],
      ['PATCH', '/users/olga', { role: 'administrator' }],
      ['PATCH', '/users/grace', { role: 'auditor' }],
      ['PATCH', '/users/grace', { isDisabled: true }],
      ['POST', '/users/grace/reset', undefined],
      ['DELETE', '/users/grace', undefined],
    ] as const
    for (const [method, path, body] of changes) {
      const [status, problem] = await world.ask(ada, method, path, body)
      expect({ path, status, problem }).toMatchObject({ status: 409, problem: { code: 'APPROVAL_NEEDED' } })
    }

    const [, { items }] = await world.ask(grace, 'GET', '/approvals')
    expect(items).toHaveLength(changes.length)
    expect(items?.at(-1)).toMatchObject({ danger: 'administrators', state: 'waiting', askedBy: 'user:ada' })
  })

  test('agrees to exactly what was asked, which is then done by who asked it', async () => {
    await using world = await aWorld()
    const { ada, grace } = world
    const puppet = { name: 'puppet', role: 'administrator' }
    expect(await world.ask(ada, 'POST', '/users', puppet)).toMatchObject([409, {}])

    expect(await world.ask(ada, 'POST', '/approvals/1/answer', { agreed: true })).toMatchObject([403, {}])
    expect(await world.ask(grace, 'POST', '/approvals/1/answer', { agreed: true })).toMatchObject([
      200,
      { state: 'agreed', answeredBy: 'user:grace' },
    ])
    expect(await world.ask(grace, 'POST', '/approvals/1/answer', { agreed: false })).toMatchObject([412, {}])
    expect(await world.ask(ada, 'POST', '/users', { ...puppet, name: 'other' })).toMatchObject([409, {}])
    expect(await world.ask(ada, 'POST', '/users', puppet)).toMatchObject([201, {}])
    expect(await world.ask(ada, 'GET', '/approvals/1')).toMatchObject([200, { state: 'done' }])
  })

  test('is nobody who holds a token of an administrator', async () => {
    await using world = await aWorld()
    const puppet = { name: 'puppet', role: 'administrator' }
    await world.ask(world.ada, 'POST', '/users', puppet)
    const [, { token = '' }] = await world.ask(world.grace, 'POST', '/tokens', {
      name: 'robot',
      permissions: ['manage-users'],
      days: 1,
    })
    expect(token).toMatch(/^rdmt_/)
    const robot = { authorization: `Bearer ${token}` }

    expect(await world.ask(robot, 'POST', '/approvals/1/answer', { agreed: true })).toMatchObject([403, {}])
  })
})

type Headers = Record<string, string>
interface Answer {
  readonly items?: readonly unknown[]
  readonly token?: string
}

interface World extends Served {
  readonly ada: Headers
  readonly grace: Headers
  ask(who: Headers, method: string, path: string, body?: object): Promise<[number, Answer]>
}

async function aWorld(): Promise<World> {
  const served = await aServedInstance()
  const { instance } = served
  const [ada, grace] = [
    await aUser(instance, 'ada', 'administrator'),
    await aUser(instance, 'grace', 'administrator'),
  ]
  const api: Api = makeApi(served.deps, admitUsers(served.deps.instance))
  return {
    ...served,
    ada: await aBrowserOf(instance, ada),
    grace: await aBrowserOf(instance, grace),
    async ask(who, method, path, body) {
      const text = body === undefined ? undefined : JSON.stringify(body)
      const answer = await api.request(`/api/v1${path}`, {
        method,
        headers: {
          ...who,
          ...(text === undefined
            ? {}
            : { 'content-type': 'application/json', 'content-length': String(text.length) }),
        },
        ...(text === undefined ? {} : { body: text }),
      })
      const words = await answer.text()
      return [answer.status, (words === '' ? {} : JSON.parse(words)) as Answer]
    },
  }
}
