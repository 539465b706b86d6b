import { describe, expect, test } from 'vitest'
import { aServedInstance } from '../../../test/support/served.ts'
import { aBrowserOf, aUser, goodPassword } from '../../../test/support/users.ts'
import { admitUsers } from '../access/admit-users.ts'
import { makeApi } from '../make-api.ts'

const proof = { password: goodPassword }
const robot = { name: 'robot', permissions: ['manage-users'], days: 1 }
const token = ['POST', '/tokens', robot] as const
const invitation = ['POST', '/users', { name: 'oleg', role: 'operator' }] as const
const reset = ['POST', '/users/olga/reset', {}] as const
const role = ['PATCH', '/users/olga', { role: 'auditor' }] as const
const all = [token, invitation, reset, role]

describe('what makes ways in', () => {
  test.each(all)('(%s %s) takes the password again of who has a session', async (method, path, body) => {
    await using world = await aWorld()
    const { ask, boss } = world

    expect((await ask(boss, method, path, body)).status).toBeGreaterThanOrEqual(400)
    const wrong = { ...body, proof: { password: 'wrong wrong wrong' } }
    expect((await ask(boss, method, path, wrong)).status).toBe(401)
    const untouched = await world.instance.catalogue.users.named('olga')
    expect(untouched).toMatchObject({ role: 'operator' })
    expect(untouched?.passwordHash).toBeDefined()
    expect((await ask(boss, method, path, { ...body, proof })).status).toBeLessThan(300)
  })

  test('is done for no token, whatever it may, also with the password', async () => {
    await using world = await aWorld()
    const { ask, boss } = world
    const made = (await (await ask(boss, 'POST', '/tokens', { ...robot, proof })).json()) as { token: string }
    const bearer = { authorization: `Bearer ${made.token}` }

    expect((await ask(bearer, 'GET', '/users')).status).toBe(200)
    for (const [method, path, body] of all) {
      expect((await ask(bearer, method, path, body)).status, path).toBe(403)
      expect((await ask(bearer, method, path, { ...body, proof })).status, path).toBe(403)
    }
    expect((await ask(bearer, 'PATCH', '/users/olga', { isDisabled: true })).status).toBe(200)
  })

  test('is never the own account anew, which would do without the second factor', async () => {
    await using world = await aWorld()

    expect((await world.ask(world.boss, 'POST', '/users/boss/reset', { proof })).status).toBe(403)

    expect((await world.instance.catalogue.users.named('boss'))?.passwordHash).toBeDefined()
  })

  test('takes no password of who comes by the socket', async () => {
    await using world = await aWorld()
    const bySocket = async (method: string, path: string, body?: object): Promise<number> => {
      const sent = { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }
      return (await world.api.request(`/api/v1${path}`, { method, ...(body && sent) })).status
    }

    expect(await bySocket(...invitation)).toBe(201)
    expect(await bySocket(...role)).toBe(200)
    expect(await bySocket('POST', '/users/olga/reset')).toBe(200)
  })
})

describe('users by the API', () => {
  test.each<[string, object | undefined]>([
    ['PATCH', { isDisabled: true }],
    ['PATCH', { role: 'auditor', proof }],
    ['DELETE', undefined],
  ])('never lose the last administrator (%s %j)', async (method, body) => {
    await using world = await aWorld()
    const { ask, boss } = world
    const { users } = world.instance.catalogue
    // One who cannot sign in does not count.
    const gone = await aUser(world.instance, 'gone', 'administrator')
    await users.change(gone.id, (user) => ({ user: { ...user, isDisabled: true } }))
    const made = (await (await ask(boss, 'POST', '/tokens', { ...robot, proof })).json()) as { token: string }
    const bearer = { authorization: `Bearer ${made.token}` }

    for (const who of [boss, ...(body !== undefined && 'role' in body ? [] : [bearer])]) {
      const refused = await ask(who, method, '/users/boss', body)
      expect([refused.status, await refused.json()]).toMatchObject([
        422,
        { code: 'USAGE', detail: 'this is the last administrator' },
      ])
    }

    expect(await users.named('boss')).toMatchObject({ role: 'administrator', isDisabled: false })
    await users.change(gone.id, (user) => ({ user: { ...user, isDisabled: false } }))
    // With another one it is that one's word that is missing.
    expect(await (await ask(boss, method, '/users/boss', body)).json()).toMatchObject({
      code: 'APPROVAL_NEEDED',
    })
  })

  test('are signed out everywhere without being disabled, by who manages users', async () => {
    await using world = await aWorld()
    const { ask, boss, instance } = world
    const olga = await instance.catalogue.users.named('olga')
    if (olga === undefined) throw new Error('she is there')
    const [laptop, phone] = [await aBrowserOf(instance, olga), await aBrowserOf(instance, olga)]

    expect((await ask(laptop, 'DELETE', '/users/boss/sessions')).status).toBe(403)
    expect((await ask(boss, 'DELETE', '/users/olga/sessions')).status).toBe(204)

    for (const gone of [laptop, phone]) expect((await ask(gone, 'GET', '/session')).status).toBe(401)
    expect((await ask(boss, 'GET', '/session')).status).toBe(200)
    expect((await ask(await aBrowserOf(instance, olga), 'GET', '/session')).status).toBe(200)
    expect((await ask(boss, 'DELETE', '/users/nobody/sessions')).status).toBe(404)
    const trail = (await (await ask(boss, 'GET', '/audit')).json()) as { items: { action: string }[] }
    expect(trail.items.map(({ action }) => action)).toContain('user.end-sessions')
  })
})

async function aWorld() {
  const served = await aServedInstance()
  const boss = await aUser(served.instance, 'boss', 'administrator')
  await aUser(served.instance, 'olga', 'operator')
  const door = makeApi(served.deps, admitUsers(served.deps.instance))
  return {
    ...served,
    boss: await aBrowserOf(served.instance, boss),
    ask: async (who: Record<string, string>, method: string, path: string, body?: object) => {
      const headers = { ...who, 'content-type': 'application/json' }
      const sent = body === undefined ? {} : { body: JSON.stringify(body) }
      return door.request(`/api/v1${path}`, { method, headers, ...sent })
    },
    [Symbol.asyncDispose]: () => served[Symbol.asyncDispose](),
  }
}
