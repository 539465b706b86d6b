import { describe, expect, test } from 'vitest'
import { anInstance, type TestInstance } from '../../../test/support/instance.ts'
import { toldToNobody } from '../../../test/support/notifier.ts'
import { aUser, goodPassword } from '../../../test/support/users.ts'
import { Secret } from '../../core/secret.ts'
import type { User } from '../../ports/user.ts'
import { makeAcceptInvitation, makeInviteFirst } from './invitations.ts'
import { makeKeepTokens } from './keep-tokens.ts'
import { type KeepUsers, makeKeepUsers } from './keep-users.ts'
import { makeOwnAccess } from './own-access.ts'
import { issuePass } from './pass.ts'
import { makeProveOpenId } from './prove-openid.ts'
import { makeProvePasskey } from './prove-passkey.ts'
import { makeProveUser, type ProveUser } from './prove-user.ts'
import { makeSessions } from './sessions.ts'

const password = new Secret(goodPassword)
const another = new Secret('seven green herons argue')
const proof = { password, address: '' }

describe('what somebody does about a user while a password is hashed', () => {
  test('stands: a password that is changed meanwhile does not come back after a reset', async () => {
    await using world = await aWorld()
    const { olga, keep, users } = world
    const own = makeOwnAccess(
      world,
      after(world, () => keep.reset('olga')),
    )
    const admitted = { user: olga, pass: await sessionOf(world) }

    await expect(own.changePassword(admitted, proof, another)).rejects.toMatchObject({
      code: 'CHANGED_MEANWHILE',
    })

    expect((await users.byId(olga.id))?.passwordHash).toBeUndefined()
  })

  test.each([
    ['is disabled', (keep: KeepUsers) => keep.disable('olga')],
    ['is reset', (keep: KeepUsers) => keep.reset('olga')],
  ])('stands: who %s does not sign in', async (_, work) => {
    await using world = await aWorld()
    const sessions = makeSessions(world, {
      proveUser: after(world, () => work(world.keep)),
      provePasskey: makeProvePasskey(world),
      proveOpenId: makeProveOpenId({ ...world, openProvider: () => Promise.reject(new Error('not asked')) }),
    })

    await expect(sessions.signIn({ ...proof, name: 'olga' }, '', undefined)).rejects.toMatchObject({
      code: 'CHANGED_MEANWHILE',
    })

    expect(await world.passes.list('session')).toEqual([])
  })

  test('stands: an invitation that a reset has replaced sets no password', async () => {
    await using world = await aWorld()
    const { olga, keep, users, catalogue } = world
    const { secret } = await keep.reset('olga')
    let newest: Secret | undefined
    const byId = async (id: string): Promise<User | undefined> => {
      const found = await users.byId(id)
      newest = (await keep.reset('olga')).secret
      return found
    }
    const accept = makeAcceptInvitation({ ...world, catalogue: { ...catalogue, users: { ...users, byId } } })

    await expect(accept({ invitation: secret, password })).rejects.toMatchObject({ code: 'NOT_SIGNED_IN' })

    expect((await users.byId(olga.id))?.passwordHash).toBeUndefined()
    await makeAcceptInvitation(world)({ invitation: newest ?? secret, password })
    expect((await users.byId(olga.id))?.passwordHash).toBeDefined()
  })

  test('stands: of two links for a first administrator that were asked for at once, one alone makes one', async () => {
    await using instance = await anInstance()
    const world = { ...instance, actor: 'root' }
    const { users, passes } = instance.catalogue
    const ask = makeInviteFirst(world)
    const links = (await Promise.all([ask(), ask()])).flatMap((link) => (link === undefined ? [] : [link]))
    const accept = makeAcceptInvitation(world)

    const ended = await Promise.allSettled(
      links.map(({ secret }, index) => accept({ invitation: secret, password, name: `admin-${index}` })),
    )

    expect(await passes.list('invitation')).toEqual([])
    expect(ended.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    expect(ended.find((end) => end.status === 'rejected')?.reason).toMatchObject({ code: 'NOT_SIGNED_IN' })
    expect(await users.list()).toHaveLength(1)
  })

  test('stands: who is disabled gets no token', async () => {
    await using world = await aWorld()
    await world.keep.disable('olga')

    await expect(world.tokens.create(world.olga, wanted)).rejects.toMatchObject({ code: 'CHANGED_MEANWHILE' })

    expect(await world.passes.list('token')).toEqual([])
  })
})

describe('of two at once', () => {
  test('who reset a user, the invitation of one is good', async () => {
    await using world = await aWorld()

    await Promise.all([world.keep.reset('olga'), world.keep.reset('olga')])

    expect(await world.passes.list('invitation')).toHaveLength(1)
  })

  test('who take one invitation up, one sets the password', async () => {
    await using world = await aWorld()
    const { secret } = await world.keep.reset('olga')
    const accept = makeAcceptInvitation(world)

    const ended = await Promise.allSettled(
      [password, another].map((word) => accept({ invitation: secret, password: word })),
    )

    expect(ended.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected'])
    expect(await world.passes.list('invitation')).toEqual([])
  })

  test('who make a token of one name, one gets it', async () => {
    await using world = await aWorld()
    const { olga, tokens } = world

    const ended = await Promise.allSettled([tokens.create(olga, wanted), tokens.create(olga, wanted)])

    expect(ended.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected'])
    expect(ended.find(({ status }) => status === 'rejected')).toMatchObject({
      reason: { code: 'ALREADY_EXISTS' },
    })
    expect(await world.passes.list('token')).toHaveLength(1)
  })
})

test('a password that is changed, and an invitation that is taken up, leave nothing that was good before but the session that changed it', async () => {
  await using world = await aWorld()
  const { olga, tokens, passes, keep } = world
  const own = makeOwnAccess(world, world.prove)
  const mine = await sessionOf(world)
  await sessionOf(world)
  await tokens.create(olga, wanted)

  await own.changePassword({ user: olga, pass: mine }, proof, another)
  expect([await passes.list('session'), await passes.list('token')]).toEqual([[mine], []])

  const { secret } = await keep.reset('olga')
  await sessionOf(world)
  await makeAcceptInvitation(world)({ invitation: secret, password })
  expect([await passes.list('session'), await passes.list('invitation')]).toEqual([[], []])
})

const wanted = { name: 'ci', permissions: ['list'], days: 1 } as const

async function aWorld() {
  const instance = await anInstance()
  const { catalogue, clock } = instance
  const audited = { catalogue, clock, actor: 'tester' }
  const olga = await aUser(instance, 'olga', 'operator')
  return {
    ...{ catalogue, clock, instance, olga, users: catalogue.users, passes: catalogue.passes },
    keep: makeKeepUsers(audited),
    tokens: makeKeepTokens(audited),
    prove: makeProveUser({ catalogue, clock, notifier: toldToNobody }),
    [Symbol.asyncDispose]: () => instance[Symbol.asyncDispose](),
  }
}

/** The proof, and what somebody does before more is made of it. */
function after({ prove }: { readonly prove: ProveUser }, work: () => Promise<unknown>): ProveUser {
  return async (...asked) => {
    const user = await prove(...asked)
    await work()
    return user
  }
}

async function sessionOf({ instance, olga }: { readonly instance: TestInstance; readonly olga: User }) {
  const expiresAt = new Date(instance.clock.now().getTime() + 60_000)
  return (await issuePass(instance, { kind: 'session', userId: olga.id, expiresAt })).pass
}
