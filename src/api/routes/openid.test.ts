import { describe, expect, test } from 'vitest'
import { certifiedProvider, client, redirectUri } from '../../../test/support/identity-providers/certified.ts'
import { closedPort } from '../../../test/support/identity-providers/listening.ts'
import { type Lies, lyingProvider } from '../../../test/support/identity-providers/lying.ts'
import { aServedInstance } from '../../../test/support/served.ts'
import { temporaryFolder } from '../../../test/support/temporary-folder.ts'
import { aBrowserOf, aUser } from '../../../test/support/users.ts'
import { makeKeepUsers } from '../../app/users/keep-users.ts'
import { Secret } from '../../core/secret.ts'
import type { OpenId, User } from '../../ports/user.ts'
import { admitUsers } from '../access/admit-users.ts'
import { limitSignIns } from '../gates/limit-sign-ins.ts'
import { makeApi } from '../make-api.ts'

describe('who signs in at the OpenID provider', () => {
  test('is let in as who was bound by that name, and from then on by what the provider never gives to another', async () => {
    await using world = await aWorld()
    await using provider = await certifiedProvider(world.folder)
    await world.trust(provider)
    await world.bind('olga', awaited(provider.origin, 'olga@corp'))
    provider.people.set('sub-1', { preferred_username: 'olga@corp' })

    const { to, cookie } = await world.begin()
    const answer = await world.finish(await provider.signInThere(to, 'sub-1'), cookie)

    expect([answer.status, answer.headers.get('location')]).toEqual([303, '/'])
    const session = sessionIn(answer)
    expect(session).toMatch(/^__Host-redoma=rdms_/)
    expect(answer.headers.getSetCookie().find((text) => text.startsWith('__Host-redoma='))).toContain(
      'SameSite=Strict',
    )
    expect(await whoIs(world, session)).toBe('olga')
    expect((await world.known('olga')).openId).toEqual({
      kind: 'bound',
      issuer: provider.origin,
      subject: 'sub-1',
    })
    expect(await world.newest()).toMatchObject({
      actor: 'user:olga',
      action: 'user.sign-in',
      subject: 'olga',
    })

    provider.people.set('sub-1', { preferred_username: 'married' })
    provider.people.set('sub-2', { preferred_username: 'olga@corp' })
    const renamed = await world.begin()
    const other = await world.begin()
    expect((await world.finish(await provider.signInThere(renamed.to, 'sub-1'), renamed.cookie)).status).toBe(
      303,
    )
    const refused = await world.finish(await provider.signInThere(other.to, 'sub-2'), other.cookie)
    expect([refused.status, sessionIn(refused)]).toEqual([401, undefined])
  })

  test('is sent there by PKCE, with a state of one browser, and nothing of what came back is kept or logged', async () => {
    await using world = await aWorld()
    await using provider = await lyingProvider(world.folder)
    await world.trust(provider)
    await world.bind('olga', bound(provider.origin))

    const began = await world.request('/session/openid')
    const to = new URL(began.headers.get('location') ?? '')
    const back = await world.finish(provider.sendBack(to), cookieIn(began, '__Host-redoma-openid'))

    expect(began.headers.get('set-cookie')).toMatch(
      /^__Host-redoma-openid=[\w.%-]{44,}; Max-Age=900; Path=\/; HttpOnly; Secure; SameSite=Lax$/,
    )
    expect(Object.fromEntries(to.searchParams)).toMatchObject({
      ...{
        response_type: 'code',
        client_id: client.id,
        redirect_uri: redirectUri,
        code_challenge_method: 'S256',
      },
      ...{ scope: 'openid profile email', code_challenge: expect.stringMatching(/^[\w-]{43}$/) as string },
      ...{
        state: expect.stringMatching(/^[\w-]{72}$/) as string,
        nonce: expect.stringMatching(/^[\w-]{43}$/) as string,
      },
    })
    expect(back.status).toBe(303)
    const kept = JSON.stringify([world.served.logged, await world.instance.catalogue.audit.list(100)])
    expect(kept).not.toMatch(/an-access-token|eyJ|nobody-sees/)
  })

  test('has one session: the one that the browser set out with ends', async () => {
    await using world = await aWorld()
    await using provider = await lyingProvider(world.folder)
    await world.trust(provider)
    await world.bind('olga', bound(provider.origin))
    const former = await aBrowserOf(world.instance, world.olga)

    const { to, cookie } = await world.begin(former)
    expect(await whoIs(world, former['cookie'])).toBe('olga')
    await world.finish(provider.sendBack(to), cookie)

    expect(await whoIs(world, former['cookie'])).toBeUndefined()
    expect(await world.instance.catalogue.passes.list('session')).toHaveLength(1)
  })

  test('comes back once, in time, in the same browser, with the state that it was sent with', async () => {
    await using world = await aWorld()
    await using provider = await lyingProvider(world.folder)
    await world.trust(provider)
    await world.bind('olga', bound(provider.origin))
    const one = await world.begin()
    const back = provider.sendBack(one.to)
    const status = async (at: URL, cookie: string | undefined): Promise<number> =>
      (await world.finish(at, cookie)).status
    const altered = new URL(back)
    altered.searchParams.set('state', `${altered.searchParams.get('state')?.slice(0, -4) ?? ''}AAAA`)
    const without = new URL(back)
    without.searchParams.delete('state')
    const twice = new URL(back)
    twice.searchParams.append('state', 'x')

    expect(await status(altered, one.cookie), 'another state').toBe(401)
    expect(await status(without, one.cookie), 'no state').toBe(401)
    expect(await status(back, undefined), 'no cookie').toBe(401)
    expect(await status(back, (await world.begin()).cookie), 'another browser').toBe(401)
    expect(provider.asked).not.toContain('/token')
    expect(await status(twice, one.cookie), 'two states').toBe(400)
    expect(await status(provider.sendBack(one.to), one.cookie)).toBe(303)
    expect(await status(back, one.cookie), 'again').toBe(401)
    const late = await world.begin()
    world.instance.clock.advance(15 * 60_000)
    expect(await status(provider.sendBack(late.to), late.cookie), 'late').toBe(401)
    expect(await world.instance.catalogue.passes.list('session')).toHaveLength(1)
  })

  const lies: readonly (readonly [string, Lies, string])[] = [
    ['for another sign-in', { claims: { nonce: 'another' } }, 'JWT_CLAIM'],
    ['for no sign-in', { claims: { nonce: undefined } }, 'INVALID_RESPONSE'],
    ['for another client', { claims: { aud: 'another' } }, 'JWT_CLAIM'],
    [
      'for another client, too, which it was made for',
      { claims: { aud: [client.id, 'b'], azp: 'b' } },
      'JWT_CLAIM',
    ],
    ['of another provider', { claims: { iss: 'https://login.example.com' } }, 'JWT_CLAIM'],
    ['that has run out', { claims: { exp: 1_700_000_000 } }, 'JWT_TIMESTAMP'],
    ['that another key has signed', { isSignedByAnother: true }, 'INVALID_RESPONSE'],
    ['that nobody has signed', { isUnsigned: true }, 'INVALID_RESPONSE'],
    ['of nobody', { claims: { sub: undefined } }, 'INVALID_RESPONSE'],
    ['of somebody who is nobody here', { claims: { sub: 'sub-2' } }, 'no user is bound to sub "sub-2"'],
    [
      'that is none',
      { token: { status: 200, body: '{"access_token":"a","token_type":"Bearer"}' } },
      'INVALID_RESPONSE',
    ],
    ['that it refuses', { token: { status: 400, body: '{"error":"invalid_grant"}' } }, 'invalid_grant'],
  ]
  test.each(lies)('is not let in by a token %s, and the audit trail says so', async (_, lie, why) => {
    await using world = await aWorld()
    await using provider = await lyingProvider(world.folder)
    await world.trust(provider)
    await world.bind('olga', bound(provider.origin))
    Object.assign(provider.lies, lie)

    const { to, cookie } = await world.begin()
    const answer = await world.finish(provider.sendBack(to), cookie)

    expect([answer.status, sessionIn(answer)]).toEqual([401, undefined])
    expect(await answer.json()).toMatchObject({ code: 'NOT_SIGNED_IN', hint: expect.any(String) as string })
    expect(await world.newest()).toMatchObject({
      actor: 'nobody',
      action: 'user.sign-in-failed',
      subject: 'openid',
      detail: expect.stringContaining(why) as string,
    })
    expect(await world.instance.catalogue.passes.list('session')).toEqual([])
  })

  test('who did not want to go on there, is not let in', async () => {
    await using world = await aWorld()
    await using provider = await lyingProvider(world.folder)
    await world.trust(provider)

    const { to, cookie } = await world.begin()
    const back = provider.sendBack(to)
    back.searchParams.delete('code')
    back.searchParams.set('error', 'access_denied')
    const answer = await world.finish(back, cookie)

    expect(answer.status).toBe(401)
    expect((await world.newest())?.detail).toContain('access_denied')
  })

  test('is found by an address only where the provider has verified it', async () => {
    await using world = await aWorld()
    await using provider = await lyingProvider(world.folder)
    await world.trust(provider, 'email')
    await world.bind('olga', { ...awaited(provider.origin, 'olga@example.com'), claim: 'email' })
    const arrive = async (info: Lies['info']): Promise<number> => {
      provider.lies.info = info ?? {}
      const { to, cookie } = await world.begin()
      return (await world.finish(provider.sendBack(to), cookie)).status
    }

    expect(await arrive({ email: 'olga@example.com' })).toBe(401)
    expect(await arrive({ email: 'olga@example.com', email_verified: false })).toBe(401)
    expect(await arrive({ sub: 'sub-2', email: 'olga@example.com', email_verified: true })).toBe(401)
    expect((await world.newest())?.detail).toContain('not accepted (OAUTH_')
    expect(await arrive({ email: 'oleg@example.com', email_verified: true })).toBe(401)
    expect(await arrive({ email: 'olga@example.com', email_verified: true })).toBe(303)
    expect((await world.known('olga')).openId).toEqual(bound(provider.origin))
  })

  test('is nobody here who is disabled, was reset, or is bound no more; who waits after wrong passwords is let in', async () => {
    await using world = await aWorld()
    await using provider = await lyingProvider(world.folder)
    await world.trust(provider)
    await world.bind('olga', bound(provider.origin))
    const users = makeKeepUsers({ ...world.instance, actor: 'tester' })
    const arrive = async (): Promise<number> => {
      const { to, cookie } = await world.begin()
      return (await world.finish(provider.sendBack(to), cookie)).status
    }
    for (let tried = 0; tried < 5; tried += 1) await world.signIn('olga', 'wrong wrong wrong')

    expect((await world.known('olga')).lockedUntil).toBeDefined()
    expect(await arrive()).toBe(303)
    await users.disable('olga')
    expect(await arrive()).toBe(401)
    expect(await world.newest()).toMatchObject({ action: 'user.sign-in-failed', subject: 'olga' })
    await users.enable('olga')
    await users.setOpenId('olga', undefined)
    expect(await arrive()).toBe(401)
    expect((await world.newest())?.detail).toContain('no user is bound to sub "sub-1"')
    await users.setOpenId('olga', bound(provider.origin))
    expect(await arrive()).toBe(303)
    await users.reset('olga')
    expect((await world.known('olga')).openId).toBeUndefined()
    await users.setOpenId('olga', bound(provider.origin))
    expect(await arrive(), 'without a password yet').toBe(401)
  })

  test('is one user, and not two', async () => {
    await using world = await aWorld()
    await aUser(world.instance, 'oleg', 'auditor')
    await world.bind('olga', bound('https://login.example.com'))

    await expect(world.bind('oleg', bound('https://login.example.com'))).rejects.toMatchObject({
      ...{ code: 'ALREADY_EXISTS', message: 'that is olga already' },
    })
  })

  test('asks twenty times at once from one address, and then waits', async () => {
    await using world = await aWorld()
    const api = makeApi(world.served.deps, admitUsers(world.served.deps.instance), [limitSignIns(() => 0)])
    const statuses = []
    for (let tried = 0; tried < 21; tried += 1)
      statuses.push((await api.request('https://localhost/api/v1/session/openid')).status)

    expect(statuses).toEqual([...Array<number>(20).fill(404), 429])
  })
})

describe('a provider', () => {
  test('that there is none of is no fault', async () => {
    await using world = await aWorld()

    const answers = [
      await world.request('/session/openid'),
      await world.request('/session/openid/callback?code=a'),
    ]

    expect(answers.map(({ status }) => status)).toEqual([404, 404])
  })

  test('that is down, or is another than was said, is told of in words, and lets nobody in', async () => {
    await using world = await aWorld()
    const port = await closedPort()
    await world.trust({ origin: `https://localhost:${port}`, certificates: undefined })
    const down = await world.request('/session/openid')
    await using provider = await lyingProvider(world.folder)
    await world.trust({ ...provider, certificates: undefined })
    const stranger = await world.request('/session/openid')

    expect([down.status, stranger.status]).toEqual([502, 502])
    expect(await down.json()).toMatchObject({
      ...{ code: 'PROVIDER_FAILED', detail: expect.stringContaining('ECONNREFUSED') as string },
      hint: expect.stringContaining('redoma config openid --test') as string,
    })
    expect(await stranger.json()).toMatchObject({
      detail: expect.stringMatching(/self.signed certificate/) as string,
    })
    expect(down.headers.get('set-cookie')).toBeNull()
  })

  const failures: readonly (readonly [string, Lies, string])[] = [
    ['says nothing', { description: { status: 503, body: '' } }, 'status 503'],
    [
      'says what is no JSON',
      { description: { status: 200, body: '<html>', type: 'text/html' } },
      'content-type',
    ],
    [
      'says too much',
      { description: { status: 200, body: `"${'x'.repeat(300_000)}"` } },
      'more than 262144 bytes',
    ],
    ['is another', { described: { issuer: 'https://login.example.com' } }, 'issuer'],
    [
      'sends people elsewhere',
      { described: { authorization_endpoint: 'http://login.example.com' } },
      'only requests to HTTPS',
    ],
    ['sends us elsewhere', { description: { status: 302, body: '' } }, 'status 302'],
  ]
  test.each(failures)('that %s is not used, until it is well again', async (_, lie, words) => {
    await using world = await aWorld()
    await using provider = await lyingProvider(world.folder)
    await world.trust(provider)
    Object.assign(provider.lies, lie)

    const answer = await world.request('/session/openid')

    expect(answer.status).toBe(502)
    expect(await answer.json()).toMatchObject({
      ...{ code: 'PROVIDER_FAILED', detail: expect.stringContaining(words) as string },
    })
    Object.assign(provider.lies, { description: undefined, described: {} })
    world.instance.clock.advance(10 * 60_000)
    expect((await world.request('/session/openid')).status).toBe(303)
  })

  test('that takes codes in clear, is not well, or does not know us, is told from a wrong answer', async () => {
    await using world = await aWorld()
    await using provider = await lyingProvider(world.folder)
    await world.trust(provider)
    const come = async (lie: Lies): Promise<unknown> => {
      Object.assign(provider.lies, { token: undefined, ...lie })
      const { to, cookie } = await world.begin()
      const answer = await world.finish(provider.sendBack(to), cookie)
      const { code, detail } = (await answer.json()) as { code: string; detail: string }
      return [answer.status, code, detail.slice(detail.indexOf(provider.origin) + provider.origin.length)]
    }

    const unwell = await come({ token: { status: 503, body: 'no' } })
    const unknown = await come({ token: { status: 401, body: '{"error":"invalid_client"}' } })
    world.instance.clock.advance(10 * 60_000)
    const inClear = await come({ described: { token_endpoint: 'http://192.0.2.1/token' } })

    expect(unwell).toEqual([502, 'PROVIDER_FAILED', ' cannot be used: it answered with status 503'])
    expect(unknown).toEqual([502, 'PROVIDER_FAILED', ' does not know this instance (invalid_client)'])
    expect(inClear).toEqual([502, 'PROVIDER_FAILED', expect.stringContaining('HTTPS')])
  })
})

const bound = (issuer: string): OpenId => ({ kind: 'bound', issuer, subject: 'sub-1' })
const awaited = (issuer: string, name: string) =>
  ({ kind: 'awaited', issuer, claim: 'preferred_username', name }) as const

function cookieIn(answer: Response, name: string): string | undefined {
  const set = answer.headers
    .getSetCookie()
    .find((text) => text.startsWith(`${name}=`) && !text.includes('Max-Age=0'))
  return set?.split(';')[0]
}

function sessionIn(answer: Response): string | undefined {
  return cookieIn(answer, '__Host-redoma')
}

type World = Awaited<ReturnType<typeof aWorld>>

async function whoIs({ request }: World, cookie: string | undefined): Promise<string | undefined> {
  const answer = await request('/session', { cookie: cookie ?? '', 'sec-fetch-site': 'same-origin' })
  return answer.status === 200 ? ((await answer.json()) as { user: User }).user.name : undefined
}

async function aWorld() {
  const folder = await temporaryFolder()
  const served = await aServedInstance()
  const { instance } = served
  const { catalogue } = instance
  const olga = await aUser(instance, 'olga', 'operator')
  const door = makeApi(served.deps, admitUsers(served.deps.instance))
  const request = async (path: string, headers: Record<string, string> = {}): Promise<Response> =>
    door.request(`https://localhost/api/v1${path}`, { headers })
  const entry = {
    at: instance.clock.now(),
    actor: 'tester',
    action: 'openid.set',
    subject: 'openid',
    detail: '',
  }
  return {
    ...{ served, instance, olga, request, folder: folder.path },
    trust: (
      { origin, certificates }: { readonly origin: string; readonly certificates?: string | undefined },
      userClaim = 'preferred_username',
    ) =>
      catalogue.identityProvider.set(
        {
          issuer: origin,
          clientId: client.id,
          clientSecret: new Secret(client.secret),
          certificates,
          userClaim,
        },
        entry,
      ),
    bind: (name: string, openId: OpenId) =>
      makeKeepUsers({ ...instance, actor: 'tester' }).setOpenId(name, openId),
    async begin(headers: Record<string, string> = {}) {
      const answer = await request('/session/openid', headers)
      expect(answer.status).toBe(303)
      return {
        to: new URL(answer.headers.get('location') ?? ''),
        cookie: cookieIn(answer, '__Host-redoma-openid'),
      }
    },
    /** As a browser that comes from the provider's page: what is `Strict` stays behind. */
    finish: (at: URL, cookie: string | undefined): Promise<Response> =>
      request(`${at.pathname.replace('/api/v1', '')}${at.search}`, {
        'sec-fetch-site': 'cross-site',
        ...(cookie === undefined ? {} : { cookie }),
      }),
    signIn: (name: string, password: string) =>
      door.request('https://localhost/api/v1/session', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ name, password }),
      }),
    newest: async () => (await catalogue.audit.list(1))[0],
    known: async (name: string): Promise<User> => {
      const user = await catalogue.users.named(name)
      if (user === undefined) throw new Error(`there is no ${name}`)
      return user
    },
    async [Symbol.asyncDispose]() {
      await served[Symbol.asyncDispose]()
      await folder[Symbol.asyncDispose]()
    },
  }
}
