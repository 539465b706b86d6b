import { describe, expect, test } from 'vitest'
import { anAuthenticator, type Odd } from '../../../test/support/authenticator.ts'
import { aServedInstance } from '../../../test/support/served.ts'
import { aBrowserOf, aUser, goodPassword } from '../../../test/support/users.ts'
import { makeKeepUsers } from '../../app/users/keep-users.ts'
import type { User } from '../../ports/user.ts'
import { admitUsers } from '../access/admit-users.ts'
import { makeApi } from '../make-api.ts'

const proof = { password: goodPassword }

describe('a passkey', () => {
  test('is made with the password, lets its user in alone, and is listed and in the audit trail', async () => {
    await using world = await aWorld()
    const { olga, ask, signIn, actions } = world
    const key = await world.withPasskey(olga)

    const answer = await signIn(key.answer(await world.question()))

    expect(answer.status).toBe(200)
    expect(await answer.json()).toMatchObject({ user: { name: 'olga', passkeys: [{ name: 'blue key' }] } })
    const cookie = answer.headers.get('set-cookie')?.split(';')[0] ?? ''
    const now = { cookie, 'sec-fetch-site': 'same-origin' }
    const listed = await ask(now, 'GET', '/session/passkeys')
    expect(await listed.json()).toMatchObject({
      items: [{ name: 'blue key', host: 'localhost', usedAt: world.instance.clock.now().toISOString() }],
    })
    expect(await actions()).toEqual(['user.sign-in', 'user.add-passkey', 'user.prove', 'user.add'])
  })

  const refused: readonly (readonly [string, Odd])[] = [
    ['of another page', { origin: 'https://localhost.example.com' }],
    ['of another port', { origin: 'https://localhost:8443' }],
    ['for another name', { host: 'example.com' }],
    ['without a PIN or a finger', { isUserVerified: false }],
    [
      'with a bit of its signature altered',
      { spoil: (signature) => (signature[20] = (signature[20] ?? 0) ^ 1) },
    ],
    ['of nobody', { userHandle: '00000000-0000-4000-8000-000000000000' }],
  ]
  test.each(refused)('lets nobody in by an answer %s', async (_what, odd) => {
    await using world = await aWorld()
    const key = await world.withPasskey(world.olga)

    const answer = await world.signIn(key.answer(await world.question(), odd))

    expect([answer.status, answer.headers.get('set-cookie')]).toEqual([401, null])
    expect(await answer.json()).toMatchObject({ code: 'NOT_SIGNED_IN' })
    expect((await world.signIn(key.answer(await world.question()))).status).toBe(200)
  })

  test.each(refused.slice(0, 4))('is not kept that was made %s', async (_what, odd) => {
    await using world = await aWorld()
    const browser = await aBrowserOf(world.instance, world.olga)
    const key = anAuthenticator(world.olga.id)

    const made = key.make(await world.questionFor(browser), odd)
    const answer = await world.ask(browser, 'POST', '/session/passkeys', { name: 'a', credential: made })

    expect(answer.status).toBe(422)
    expect((await world.known('olga')).passkeys).toEqual([])
  })

  test('answers a question once, in time, and only the one that it was asked', async () => {
    await using world = await aWorld()
    const { olga, signIn, question, ask } = world
    const browser = await aBrowserOf(world.instance, olga)
    const other = await aBrowserOf(world.instance, olga)
    const key = anAuthenticator(olga.id)
    const challenge = await world.questionFor(browser)
    const keep = async (who: Record<string, string>, text: string, name: string): Promise<number> =>
      (await ask(who, 'POST', '/session/passkeys', { name, credential: key.make(text) })).status

    expect(await keep(browser, await question(), 'a'), 'of a sign-in').toBe(422)
    expect(await keep(other, challenge, 'a'), 'in another session').toBe(422)
    expect(await keep(browser, challenge, 'a')).toBe(201)
    const second = anAuthenticator(olga.id).make(challenge)
    expect((await ask(browser, 'POST', '/session/passkeys', { name: 'b', credential: second })).status).toBe(
      422,
    )

    const once = await question()
    expect((await signIn(key.answer(once))).status).toBe(200)
    expect((await signIn(key.answer(once))).status, 'again').toBe(401)
    expect((await signIn(key.answer(await world.questionFor(browser)))).status, 'of making one').toBe(401)
    expect((await signIn(key.answer('AAAA'))).status, 'of nobody').toBe(401)
    const old = await question()
    world.instance.clock.advance(6 * 60_000)
    expect((await signIn(key.answer(old))).status, 'late').toBe(401)
    expect((await world.known('olga')).passkeys).toHaveLength(1)
  })

  test('whose counter goes back may have a copy: it lets nobody in, and the audit trail says so', async () => {
    await using world = await aWorld()
    const key = await world.withPasskey(world.olga)
    await world.signIn(key.answer(await world.question(), { counter: 7 }))

    const statuses = []
    for (const counter of [7, 3, 0, 8])
      statuses.push((await world.signIn(key.answer(await world.question(), { counter }))).status)

    expect(statuses).toEqual([401, 401, 401, 200])
    const told = (await world.instance.catalogue.audit.list(10)).filter(({ detail }) =>
      detail.includes('copy'),
    )
    expect(told.map(({ detail }) => detail)[2]).toContain('passkey blue key: its counter is 7 after 7')
  })

  test('is not made by who only found a session open, and not twice', async () => {
    await using world = await aWorld()
    const { ask, olga } = world
    const oleg = await aUser(world.instance, 'oleg', 'auditor')
    const key = await world.withPasskey(olga)
    const browser = await aBrowserOf(world.instance, oleg)

    const wrong = await ask(browser, 'POST', '/session/passkeys/question', { password: 'wrong wrong wrong' })
    const taken = key.make(await world.questionFor(browser))
    const twice = await ask(browser, 'POST', '/session/passkeys', { name: 'mine', credential: taken })

    const mixed = key.answer(await world.question(), { userHandle: oleg.id })

    expect((await world.signIn(mixed)).status, 'as somebody else').toBe(401)
    expect(wrong.status).toBe(401)
    expect(twice.status).toBe(409)
    expect((await world.known('oleg')).passkeys).toEqual([])
  })

  test('is removed with the password, by an administrator, and by a reset, and the sessions end with it', async () => {
    await using world = await aWorld()
    const { ask, olga } = world
    const users = makeKeepUsers({ ...world.instance, actor: 'tester' })
    const key = await world.withPasskey(olga)
    const browser = await aBrowserOf(world.instance, olga)
    const other = await aBrowserOf(world.instance, olga)
    const path = '/session/passkeys/blue%20key/removal'

    expect((await ask(browser, 'POST', path, { password: 'wrong wrong wrong' })).status).toBe(401)
    expect((await ask(browser, 'POST', path, proof)).status).toBe(204)
    expect((await ask(browser, 'POST', path, proof)).status).toBe(404)
    expect((await ask(other, 'GET', '/session')).status).toBe(401)
    expect((await world.signIn(key.answer(await world.question()))).status).toBe(401)
    const lost = await world.withPasskey(olga)
    const admin = await aBrowserOf(world.instance, await aUser(world.instance, 'boss', 'administrator'))
    expect((await ask(admin, 'DELETE', '/users/olga/passkeys/blue%20key')).status).toBe(204)
    expect((await ask(admin, 'DELETE', '/users/olga/passkeys/blue%20key')).status).toBe(404)
    expect((await ask(browser, 'GET', '/session')).status).toBe(401)
    expect((await world.signIn(lost.answer(await world.question()))).status).toBe(401)
    await world.withPasskey(olga)
    await users.reset('olga')
    expect((await world.known('olga')).passkeys).toEqual([])
  })

  test('lets in who waits after wrong passwords, and nobody who is disabled', async () => {
    await using world = await aWorld()
    const users = makeKeepUsers({ ...world.instance, actor: 'tester' })
    const key = await world.withPasskey(world.olga)
    for (let tried = 0; tried < 5; tried += 1)
      await world.ask({}, 'POST', '/session', { name: 'olga', password: 'wrong wrong wrong' })

    expect((await world.known('olga')).lockedUntil).toBeDefined()
    expect((await world.signIn(key.answer(await world.question()))).status).toBe(200)
    await users.disable('olga')
    expect((await world.signIn(key.answer(await world.question()))).status).toBe(401)
  })

  test('is for a name of the instance, and for no address', async () => {
    await using world = await aWorld()

    const asked = await world.door.request('https://127.0.0.1:8443/api/v1/session/passkey/question', {
      method: 'POST',
    })

    expect(await asked.json()).toMatchObject({
      code: 'USAGE',
      detail: expect.stringContaining('127.0.0.1') as string,
    })
  })
})

async function aWorld() {
  const served = await aServedInstance()
  const { instance } = served
  const olga = await aUser(instance, 'olga', 'operator')
  const door = makeApi(served.deps, admitUsers(served.deps.instance))
  const ask = async (who: Record<string, string>, method: string, path: string, body?: object) => {
    const headers = { ...who, 'content-type': 'application/json' }
    const sent = body === undefined ? {} : { body: JSON.stringify(body) }
    return door.request(`https://localhost/api/v1${path}`, { method, headers, ...sent })
  }
  const challengeOf = async (answer: Response): Promise<string> =>
    ((await answer.json()) as { challenge: string }).challenge
  const questionFor = async (browser: Record<string, string>): Promise<string> =>
    challengeOf(await ask(browser, 'POST', '/session/passkeys/question', proof))
  const actions = async () => (await instance.catalogue.audit.list(20)).map(({ action }) => action)
  const before = (await actions()).length - 1
  return {
    ...{ instance, olga, door, ask, questionFor },
    actions: async () => (await actions()).slice(0, -before || undefined),
    question: async () => challengeOf(await ask({}, 'POST', '/session/passkey/question')),
    signIn: async (credential: object) => ask({}, 'POST', '/session/passkey', { credential }),
    known: async (name: string): Promise<User> => {
      const user = await instance.catalogue.users.named(name)
      if (user === undefined) throw new Error(`there is no ${name}`)
      return user
    },
    async withPasskey(user: User) {
      const browser = await aBrowserOf(instance, user)
      const key = anAuthenticator(user.id)
      const credential = key.make(await questionFor(browser))
      const kept = await ask(browser, 'POST', '/session/passkeys', { name: 'blue key', credential })
      expect(kept.status).toBe(201)
      return key
    },
    [Symbol.asyncDispose]: () => served[Symbol.asyncDispose](),
  }
}
