import { describe, expect, test } from 'vitest'
import { aServedInstance, type Served } from '../../../test/support/served.ts'
import { aBrowserOf, aUser, goodPassword } from '../../../test/support/users.ts'
import { admitUsers } from '../access/admit-users.ts'
import type { Api } from '../contract/route.ts'
import { makeApi } from '../make-api.ts'

const proof = { password: goodPassword }

describe('a second person, by the API', () => {
  test('is asked before one of two administrators makes a third, or takes the other away', async () => {
    await using world = await aWorld()
    const { ada, grace } = world
    await aUser(world.instance, 'olga', 'operator')
    const changes = [
      ['PATCH', '/users/olga', { role: 'administrator', proof }],
      ['PATCH', '/users/grace', { role: 'auditor', proof }],
      ['PATCH', '/users/grace', { isDisabled: true }],
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

  test('is not asked for a link by which an administrator sets a password: whoever gets it would be that one', async () => {
    await using world = await aWorld()
    const invited = await world.ask(world.ada, 'POST', '/users', { name: 'oleg', role: 'operator', proof })
    expect(invited).toMatchObject([201, {}])

    const asked = [
      await world.ask(world.ada, 'POST', '/users', { name: 'puppet', role: 'administrator', proof }),
      await world.ask(world.ada, 'POST', '/users/grace/reset', { proof }),
      await world.ask(world.ada, 'PATCH', '/users/oleg', { role: 'administrator', proof }),
    ]

    expect(asked.map(([status]) => status)).toEqual([403, 403, 403])
  })

  test('agrees to exactly what was asked, which is then done by who asked it', async () => {
    await using world = await aWorld()
    const { ada, grace } = world
    for (const name of ['olga', 'oleg']) await aUser(world.instance, name, 'operator')
    const promote = (name: string) =>
      world.ask(ada, 'PATCH', `/users/${name}`, { role: 'administrator', proof })
    expect(await promote('olga')).toMatchObject([409, {}])

    expect(await world.ask(ada, 'POST', '/approvals/1/answer', { agreed: true, proof })).toMatchObject([
      403,
      {},
    ])
    expect(await world.ask(grace, 'POST', '/approvals/1/answer', { agreed: true, proof })).toMatchObject([
      200,
      { state: 'agreed', answeredBy: 'user:grace' },
    ])
    expect(await world.ask(grace, 'POST', '/approvals/1/answer', { agreed: false, proof })).toMatchObject([
      412,
      {},
    ])
    expect(await promote('oleg')).toMatchObject([409, {}])
    expect(await promote('olga')).toMatchObject([200, { role: 'administrator' }])
    expect(await world.ask(ada, 'GET', '/approvals/1')).toMatchObject([200, { state: 'done' }])
  })

  test('agrees to nobody who has got another way in since, or was made anew under the same name', async () => {
    await using world = await aWorld()
    const { ada, grace } = world
    const keep = await world.deps.instance.as('tester').users()
    const promote = () => world.ask(ada, 'PATCH', '/users/olga', { role: 'administrator', proof })
    await aUser(world.instance, 'olga', 'operator')
    await promote()
    await world.ask(grace, 'POST', '/approvals/1/answer', { agreed: true, proof })

    await keep.remove('olga')
    await aUser(world.instance, 'olga', 'operator')

    expect(await promote()).toMatchObject([409, {}])
  })

  test('whose account was taken away since agrees to nothing', async () => {
    await using world = await aWorld()
    const { ada, grace } = world
    const keep = await world.deps.instance.as('tester').users()
    const promote = () => world.ask(ada, 'PATCH', '/users/olga', { role: 'administrator', proof })
    for (const name of ['olga', 'oleg']) await aUser(world.instance, name, 'operator')
    await keep.setRole('oleg', 'administrator')
    await promote()
    await world.ask(grace, 'POST', '/approvals/1/answer', { agreed: true, proof })

    await keep.disable('grace')

    expect(await promote()).toMatchObject([409, {}])
  })

  test('is nobody who only found a session open', async () => {
    await using world = await aWorld()
    await aUser(world.instance, 'olga', 'operator')
    await world.ask(world.ada, 'PATCH', '/users/olga', { role: 'administrator', proof })
    const answer = (more: object) =>
      world.ask(world.grace, 'POST', '/approvals/1/answer', { agreed: true, ...more })

    expect(await answer({})).toMatchObject([422, { code: 'USAGE' }])
    expect(await answer({ proof: { password: 'wrong wrong wrong' } })).toMatchObject([401, {}])
    expect(await world.ask(world.ada, 'GET', '/approvals/1')).toMatchObject([200, { state: 'waiting' }])
  })

  test('is nobody who holds a token of an administrator', async () => {
    await using world = await aWorld()
    await aUser(world.instance, 'olga', 'operator')
    await world.ask(world.ada, 'PATCH', '/users/olga', { role: 'administrator', proof })
    const [, { token = '' }] = await world.ask(world.grace, 'POST', '/tokens', {
      name: 'robot',
      permissions: ['manage-users'],
      days: 1,
      proof,
    })
    expect(token).toMatch(/^rdmt_/)
    const robot = { authorization: `Bearer ${token}` }

    expect(await world.ask(robot, 'POST', '/approvals/1/answer', { agreed: true, proof })).toMatchObject([
      403,
      {},
    ])
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
