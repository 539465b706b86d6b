import { describe, expect, test } from 'vitest'
import {
  alterCatalogue,
  anInstance,
  everythingOnDisk,
  type TestInstance,
} from '../../test/support/instance.ts'
import { newUser } from '../app/users/new-user.ts'
import { issuePass, passOf } from '../app/users/pass.ts'
import { Secret } from '../core/secret.ts'
import type { User } from '../ports/user.ts'

describe('users in the catalogue', () => {
  test('are kept with all that is known of them, sealed', async () => {
    await using instance = await anInstance()
    const { users } = instance.catalogue
    const user: User = {
      ...newUser(instance, 'olga', 'operator'),
      ...{
        passwordHash: new Secret('$argon2id$the-hash'),
        failures: 3,
        lockedUntil: at(1),
        signedInAt: at(2),
      },
      totp: { secret: new Secret('THE-KEY'), isConfirmed: true, usedStep: 59_000_000 },
    }

    await users.add(user, entry('user.add'))

    expect(await users.named('olga')).toEqual(user)
    expect(await users.byId(user.id)).toEqual(user)
    expect(await users.list()).toEqual([user])
    expect(await users.named('nobody')).toBeUndefined()
    expect(await everythingOnDisk(instance.home)).not.toMatch(/the-hash|THE-KEY|operator/)
    await expect(users.add({ ...user, id: crypto.randomUUID() }, entry('user.add'))).rejects.toMatchObject({
      code: 'ALREADY_EXISTS',
    })
    expect(await instance.catalogue.audit.list(9)).toHaveLength(1)
  })

  test('change by a decision on what is so now, with its line in the audit trail or not at all', async () => {
    await using instance = await anInstance()
    const { users, passes, audit } = instance.catalogue
    const [olga, oleg] = [await added(instance, 'olga'), await added(instance, 'oleg')]
    await session(instance, olga)
    const kept = await session(instance, oleg)

    await users.change(olga.id, (now, others) => {
      expect(others).toEqual([oleg])
      return {
        user: { ...now, failures: now.failures + 1 },
        audited: entry('user.failed'),
        ending: ['session'],
      }
    })
    const refused = users.change(olga.id, () => {
      throw new Error('no')
    })

    await expect(refused).rejects.toThrow('no')
    expect((await users.byId(olga.id))?.failures).toBe(1)
    expect((await audit.list(1))[0]?.action).toBe('user.failed')
    expect(await passes.list('session')).toEqual([kept])
    await expect(users.change(crypto.randomUUID(), (user) => ({ user }))).rejects.toMatchObject({
      code: 'NOT_FOUND',
    })
  })

  test('are gone with all their passes', async () => {
    await using instance = await anInstance()
    const { users, passes } = instance.catalogue
    const olga = await added(instance, 'olga')
    await session(instance, olga)

    expect(await users.change(olga.id, () => ({ audited: entry('user.remove') }))).toBeUndefined()

    expect(await users.list()).toEqual([])
    expect(await passes.list('session')).toEqual([])
  })

  test('are refused where somebody gave a row of theirs another name, or the record of another', async () => {
    await using instance = await anInstance()
    const { users } = instance.catalogue
    const [olga, oleg] = [await added(instance, 'olga'), await added(instance, 'oleg')]

    alterCatalogue(instance.home, `update api_user set name = 'admin' where id = '${olga.id}'`)
    await expect(users.named('admin')).rejects.toMatchObject({ code: 'CATALOGUE_DAMAGED' })

    alterCatalogue(
      instance.home,
      `update api_user set sealed_record = (select sealed_record from api_user where id = '${olga.id}') where id = '${oleg.id}'`,
    )
    await expect(users.named('oleg')).rejects.toMatchObject({ code: 'INSTANCE_KEY_WRONG' })
  })
})

describe('passes in the catalogue', () => {
  test('are found by their secret, of which the catalogue has nothing', async () => {
    await using instance = await anInstance()
    const olga = await added(instance, 'olga')
    const expiresAt = new Date(instance.clock.now().getTime() + 1000)
    const wanted = {
      kind: 'token',
      userId: olga.id,
      name: 'ci',
      permissions: ['list', 'run'],
      expiresAt,
    } as const

    const { pass, secret } = await issuePass(instance, wanted, entry('token.create'))

    expect(pass).toMatchObject(wanted)
    expect(await passOf(instance, 'token', secret)).toEqual(pass)
    expect(await passOf(instance, 'session', secret)).toBeUndefined()
    expect(await passOf(instance, 'token', new Secret(`${secret.reveal().slice(0, -1)}-`))).toBeUndefined()
    expect(await passOf(instance, 'token', new Secret('rdmt_x'))).toBeUndefined()
    expect(await everythingOnDisk(instance.home)).not.toContain(secret.reveal().slice(-43))
    instance.clock.advance(1000)
    expect(await passOf(instance, 'token', secret)).toBeUndefined()
    await instance.catalogue.passes.forgetExpired(new Date(expiresAt.getTime() + 1))
    expect(await instance.catalogue.passes.list('token')).toEqual([])
  })

  test.each([
    [
      'that is given to another user',
      (id: string, other: string) => `update pass set user_id = '${other}' where id = '${id}'`,
    ],
    [
      'that may do more',
      (id: string) => `update pass set permissions = '["manage-users"]' where id = '${id}'`,
    ],
    [
      'that lasts longer',
      (id: string) => `update pass set expires_at = '2036-01-01T00:00:00.000Z' where id = '${id}'`,
    ],
    ['of another kind', (id: string) => `update pass set kind = 'session' where id = '${id}'`],
  ])('are none %s, by who writes to the database and has no key', async (_, sql) => {
    await using instance = await anInstance()
    const [olga, boss] = [await added(instance, 'olga'), await added(instance, 'boss')]
    const expiresAt = new Date(instance.clock.now().getTime() + 60_000)
    const wanted = { kind: 'token', userId: olga.id, permissions: ['list'], expiresAt } as const
    const { pass, secret } = await issuePass(instance, wanted)

    alterCatalogue(instance.home, sql(pass.id, boss.id))

    for (const kind of ['token', 'session'] as const)
      expect(await passOf(instance, kind, secret)).toBeUndefined()
  })

  test('are taken by one of two who come for them', async () => {
    await using instance = await anInstance()
    const { passes, audit } = instance.catalogue
    const { id } = await session(instance, await added(instance, 'olga'))

    expect([await passes.remove(id, entry('x')), await passes.remove(id, entry('x'))]).toEqual([true, false])
    expect((await audit.list(9)).filter(({ action }) => action === 'x')).toHaveLength(1)
  })
})

function at(second: number): Date {
  return new Date(Date.UTC(2026, 2, 1, 5, 0, second))
}

function entry(action: string) {
  return { at: at(0), actor: 'tester', action, subject: 'olga', detail: '' }
}

async function added(instance: TestInstance, name: string): Promise<User> {
  const user = newUser(instance, name, 'operator')
  await instance.catalogue.users.add(user, entry('user.add'))
  return user
}

async function session(instance: TestInstance, { id }: User) {
  const expiresAt = new Date(instance.clock.now().getTime() + 60_000)
  return (await issuePass(instance, { kind: 'session', userId: id, expiresAt })).pass
}
