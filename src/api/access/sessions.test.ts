import { Secret as Key, TOTP } from 'otpauth'
import { describe, expect, test } from 'vitest'
import { aServedInstance, type Served } from '../../../test/support/served.ts'
import { aBrowserOf, aUser, goodPassword } from '../../../test/support/users.ts'
import { sessionIdleMs, sessionLastsMs } from '../../app/users/sessions.ts'
import type { Api } from '../contract/route.ts'
import { makeApi } from '../make-api.ts'
import { admitUsers } from './admit-users.ts'

const minuteMs = 60_000

describe('a session', () => {
  test('begins with a cookie that only this host gets, by TLS, and no script and no other page has', async () => {
    await using world = await aWorld()
    await aUser(world.instance, 'olga', 'operator')

    const answer = await signIn(world, { name: 'olga' })

    expect(answer.status).toBe(200)
    const cookie = answer.headers.get('set-cookie') ?? ''
    const [pair, ...flags] = cookie.split('; ')
    expect(pair).toMatch(/^__Host-redoma=rdms_[0-9a-f]{32}_[A-Za-z0-9_-]{43}$/)
    expect(flags.toSorted()).toEqual(['HttpOnly', 'Path=/', 'SameSite=Strict', 'Secure'])
    expect(await answer.json()).toMatchObject({ user: { name: 'olga', role: 'operator' } })
    expect(await statusOf(world, cookieOf(answer))).toBe(200)
  })

  test('has an id that nobody had before: one that was there when the user signed in is none any more', async () => {
    await using world = await aWorld()
    const olga = await aUser(world.instance, 'olga', 'operator')
    const before = await aBrowserOf(world.instance, olga)
    const planted = { cookie: `__Host-redoma=rdms_${'0'.repeat(32)}_${'A'.repeat(43)}` }

    const answers = [
      await signIn(world, { name: 'olga' }, before),
      await signIn(world, { name: 'olga' }, planted),
    ]

    const cookies = answers.map((answer) => cookieOf(answer).cookie)
    expect(new Set([...cookies, before['cookie'], planted.cookie]).size).toBe(4)
    expect(await statusOf(world, before)).toBe(401)
    expect(await statusOf(world, planted)).toBe(401)
  })

  test('is over when nothing was asked for a while, and at the latest after its time, whatever is asked', async () => {
    await using world = await aWorld()
    const { clock } = world.instance
    const olga = await aUser(world.instance, 'olga', 'operator')
    const [quiet, busy] = [await aBrowserOf(world.instance, olga), await aBrowserOf(world.instance, olga)]

    clock.advance(sessionIdleMs)
    expect(await statusOf(world, busy)).toBe(200)
    clock.advance(1)
    expect(await statusOf(world, quiet)).toBe(401)
    for (let passed = sessionIdleMs; passed < sessionLastsMs - 20 * minuteMs; passed += 20 * minuteMs) {
      clock.advance(20 * minuteMs)
      expect(await statusOf(world, busy)).toBe(200)
    }
    clock.advance(20 * minuteMs)
    expect(await statusOf(world, busy)).toBe(401)
  })

  test('is over for who signs out, for whom it is ended elsewhere, and for who is disabled, and what the user may do is what the role says now', async () => {
    await using world = await aWorld()
    const olga = await aUser(world.instance, 'olga', 'operator')
    const browsers = []
    for (let index = 0; index < 4; index++) browsers.push(await aBrowserOf(world.instance, olga))
    const [out = {}, mine = {}, other = {}, last = {}] = browsers
    const keep = await world.deps.instance.as('tester').users()

    expect((await ask(world, 'DELETE', '/session', out)).status).toBe(204)
    expect(await statusOf(world, out)).toBe(401)
    const { items } = (await (await ask(world, 'GET', '/sessions', mine)).json()) as Sessions
    expect(items.filter(({ isThis }) => isThis)).toHaveLength(1)
    const otherId = other['cookie']?.slice('__Host-redoma=rdms_'.length).slice(0, 32) ?? ''
    const one = items.find(({ id }) => id.replaceAll('-', '') === otherId)
    expect((await ask(world, 'DELETE', `/sessions/${one?.id}`, mine)).status).toBe(204)
    expect([await statusOf(world, other), await statusOf(world, last)]).toEqual([401, 200])
    expect((await ask(world, 'POST', '/runs', last, {})).status).not.toBe(403)
    await keep.setRole('olga', 'auditor')
    expect((await ask(world, 'POST', '/runs', last, {})).status).toBe(403)
    await aUser(world.instance, 'boss', 'administrator')
    await keep.disable('olga')
    await keep.enable('olga')
    expect(await statusOf(world, last)).toBe(401)
  })

  test('of another user is nobody else’s to end', async () => {
    await using world = await aWorld()
    const [olga, oleg] = [
      await aUser(world.instance, 'olga', 'operator'),
      await aUser(world.instance, 'oleg', 'operator'),
    ]
    const [hers, his] = [await aBrowserOf(world.instance, olga), await aBrowserOf(world.instance, oleg)]
    const [session] = await world.instance.catalogue.passes.list('session', olga.id)

    expect((await ask(world, 'DELETE', `/sessions/${session?.id}`, his)).status).toBe(404)
    expect(await statusOf(world, hers)).toBe(200)
  })

  test('changes nothing for a page of another site, and lets a program do nothing by the cookie alone', async () => {
    await using world = await aWorld()
    const olga = await aUser(world.instance, 'olga', 'administrator')
    const { cookie = '' } = await aBrowserOf(world.instance, olga)
    const from = async (headers: Record<string, string>): Promise<number> =>
      (await ask(world, 'DELETE', '/users/nobody', { cookie, ...headers })).status

    expect(await from({ 'sec-fetch-site': 'cross-site' })).toBe(403)
    expect(await from({ 'sec-fetch-site': 'same-site' })).toBe(403)
    expect(await from({ 'sec-fetch-site': 'none' })).toBe(403)
    expect(await from({ 'sec-fetch-site': 'cross-site', origin: 'http://localhost' })).toBe(403)
    expect(await from({ origin: 'https://evil.example' })).toBe(403)
    expect(await from({ origin: 'null' })).toBe(403)
    expect(await from({})).toBe(403)
    expect(await from({ origin: 'http://localhost' })).toBe(404)
    expect(await from({ 'sec-fetch-site': 'same-origin' })).toBe(404)
    expect((await signIn(world, { name: 'olga' }, { 'sec-fetch-site': 'cross-site' })).status).toBe(403)
  })
})

describe('signing in', () => {
  test('says nothing of what was wrong, of who there is, or of who is locked', async () => {
    await using world = await aWorld()
    await aUser(world.instance, 'olga', 'operator')
    const wrong = await signIn(world, { name: 'olga', password: 'wrong wrong wrong' })
    const unknown = await signIn(world, { name: 'nobody' })
    for (let index = 0; index < 5; index++)
      await signIn(world, { name: 'olga', password: 'wrong wrong wrong' })
    const locked = await signIn(world, { name: 'olga' })

    const answers = await Promise.all([wrong, unknown, locked].map((answer) => answer.json()))
    const [first, ...others] = answers.map((answer) => ({ ...(answer as object), requestId: '' }))
    expect(first).toMatchObject({ status: 401, code: 'NOT_SIGNED_IN' })
    for (const other of others) expect(other).toEqual(first)
  })

  test('is not possible for a while after five failures in a row, longer each time, until the time is up or somebody unlocks the user', async () => {
    await using world = await aWorld()
    const { clock } = world.instance
    const olga = await aUser(world.instance, 'olga', 'operator')
    const session = await aBrowserOf(world.instance, olga)
    const { notices } = world.instance.catalogue
    const channel = crypto.randomUUID()
    await notices.begin(channel)
    const status = async (password?: string): Promise<number> =>
      (await signIn(world, { name: 'olga', ...(password === undefined ? {} : { password }) })).status
    for (let index = 0; index < 5; index++) expect(await status('wrong wrong wrong')).toBe(401)

    expect(await status()).toBe(401)
    clock.advance(30_000)
    expect(await status('wrong wrong wrong')).toBe(401)
    clock.advance(30_000)
    expect(await status()).toBe(401)
    expect(await statusOf(world, session)).toBe(200)
    clock.advance(30_000)
    expect(await status()).toBe(200)
    for (let index = 0; index < 5; index++) await status('wrong wrong wrong')
    expect(await status()).toBe(401)
    await (await world.deps.instance.as('root').users()).unlock('olga')
    expect(await status()).toBe(200)
    const failures = (await world.instance.catalogue.audit.list(99)).filter(
      ({ action }) => action === 'user.sign-in-failed',
    )
    expect(failures).toHaveLength(11)
    expect(failures[0]?.detail).toContain('locked until')
    const told = await notices.pending(channel, 9)
    expect(told.map(({ event, subject }) => `${event} ${subject}`)).toEqual([
      'user-locked olga',
      'user-locked olga',
    ])
  })

  test('takes a code of the second factor where there is one, each once', async () => {
    await using world = await aWorld()
    const olga = await aUser(world.instance, 'olga', 'operator')
    const browser = await aBrowserOf(world.instance, olga)
    const begun = await ask(world, 'POST', '/session/totp', browser, { password: goodPassword })
    const { secret, uri } = (await begun.json()) as { secret: string; uri: string }
    const codeAt = (offset = 0): string =>
      new TOTP({ secret: Key.fromBase32(secret) }).generate({
        timestamp: world.instance.clock.now().getTime() + offset,
      })
    const status = async (code?: string): Promise<number> =>
      (await signIn(world, { name: 'olga', ...(code === undefined ? {} : { code }) })).status

    expect(uri).toMatch(/^otpauth:\/\/totp\/.*secret=/)
    expect(await status()).toBe(200)
    const tokens = await world.deps.instance.as('tester').tokens()
    const known = (await world.instance.catalogue.users.byId(olga.id)) ?? olga
    await tokens.create(known, { name: 'ci', permissions: ['list'], days: 1 })
    expect((await ask(world, 'POST', '/session/totp/confirmation', browser, { code: '000000' })).status).toBe(
      422,
    )
    expect((await ask(world, 'POST', '/session/totp/confirmation', browser, { code: codeAt() })).status).toBe(
      204,
    )
    expect(await tokens.of(olga)).toEqual([])
    expect(await status()).toBe(401)
    expect(await status(codeAt())).toBe(401)
    expect(await status(codeAt(-90_000))).toBe(401)
    world.instance.clock.advance(30_000)
    expect(await status(codeAt())).toBe(200)
    expect(await status(codeAt())).toBe(401)
    world.instance.clock.advance(30_000)
    const removal = { password: goodPassword, code: codeAt() }
    expect((await ask(world, 'POST', '/session/totp/removal', browser, removal)).status).toBe(204)
    expect(await status()).toBe(200)
  })

  test('leaves the password, its hash, the cookie and the key in no answer, no log and no line of the audit trail', async () => {
    await using world = await aWorld()
    const olga = await aUser(world.instance, 'olga', 'administrator')
    const said: string[] = []
    const begun = await signIn(world, { name: 'olga' })
    const browser = { ...cookieOf(begun), 'sec-fetch-site': 'same-origin' }
    said.push(
      await begun.text(),
      await (await signIn(world, { name: 'olga', password: 'my other password' })).text(),
    )
    const totp = await ask(world, 'POST', '/session/totp', browser, { password: goodPassword })
    const { secret } = (await totp.json()) as { secret: string }
    for (const path of ['/session', '/sessions', '/users', '/tokens', '/audit', '/events'].slice(0, 5))
      said.push(await (await ask(world, 'GET', path, browser)).text())
    said.push(JSON.stringify(world.logged), JSON.stringify(await world.instance.catalogue.audit.list(99)))

    const cookie = browser.cookie.slice(-43)
    const hash = (await world.instance.catalogue.users.byId(olga.id))?.passwordHash?.reveal() ?? 'none'
    for (const hidden of [goodPassword, 'my other password', cookie, secret, hash, 'argon2'])
      expect(said.join('\n')).not.toContain(hidden)
  })
})

interface Sessions {
  readonly items: readonly { readonly id: string; readonly isThis: boolean }[]
}

type World = Served & { readonly door: Api }

/** An instance whose API users come to. */
async function aWorld(): Promise<World> {
  const served = await aServedInstance()
  return {
    ...served,
    door: makeApi(served.deps, admitUsers(served.deps.instance)),
    [Symbol.asyncDispose]: served[Symbol.asyncDispose],
  }
}

function ask(
  { door }: World,
  method: string,
  path: string,
  headers: Record<string, string>,
  body?: unknown,
): Promise<Response> {
  const text = JSON.stringify(body)
  const type = body === undefined ? {} : { 'content-type': 'application/json' }
  const init = { method, headers: { ...headers, ...type } }
  return Promise.resolve(door.request(`/api/v1${path}`, body === undefined ? init : { ...init, body: text }))
}

function signIn(
  world: World,
  words: Record<string, string>,
  headers: Record<string, string> = {},
): Promise<Response> {
  return ask(world, 'POST', '/session', headers, { password: goodPassword, ...words })
}

async function statusOf(world: World, headers: Record<string, string>): Promise<number> {
  return (await ask(world, 'GET', '/session', headers)).status
}

function cookieOf(answer: Response): { readonly cookie: string } {
  return { cookie: (answer.headers.get('set-cookie') ?? '').split(';')[0] ?? '' }
}
