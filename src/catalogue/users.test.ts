import { describe, expect, test } from 'vitest'
import {
  alterCatalogue,
  anInstance,
  everythingOnDisk,
  type TestInstance,
} from '../../test/support/instance.ts'
import { Secret } from '../core/secret.ts'
import type { Pass, User } from '../ports/user.ts'

describe('users in the catalogue', () => {
  test('are kept with all that is known of them, sealed', async () => {
    await using instance = await anInstance()
    const { users } = instance.catalogue
    const user: User = {
      ...aUser('olga'),
      ...{
        passwordHash: new Secret('$argon2id$the-hash'),
        failures: 3,
        lockedUntil: at(1),
        signedInAt: at(2),
      },
      totp: { secret: new Secret('THE-KEY'), isConfirmed: true, usedStep: 59_000_000 },
      openId: { kind: 'bound', issuer: 'https://login.example.com', subject: 'sub-1' },
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
  test('are kept as they are, listed by kind and user, and forgotten when they are over', async () => {
    await using instance = await anInstance()
    const { passes } = instance.catalogue
    const [olga, oleg] = [await added(instance, 'olga'), await added(instance, 'oleg')]
    const hers = await session(instance, olga)
    const his = await session(instance, oleg, { kind: 'token', name: 'ci', permissions: ['list', 'run'] })
    const first = await session(instance, undefined, { kind: 'invitation' })

    expect([await passes.get(his.id), await passes.get(crypto.randomUUID())]).toEqual([his, undefined])
    expect(await passes.list('session', olga.id)).toEqual([hers])
    expect(await passes.list('token')).toEqual([his])
    await passes.seen(hers.id, at(9))
    expect(await passes.get(hers.id)).toEqual({ ...hers, seenAt: at(9) })
    await passes.removeOf('invitation', undefined)
    await passes.removeOf('token', oleg.id, his.id)
    expect([await passes.get(first.id), await passes.get(his.id)]).toEqual([undefined, his])
    await passes.forgetExpired(at(61))
    expect([await passes.list('session'), await passes.list('token')]).toEqual([[], []])
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

function aUser(name: string): User {
  const id = crypto.randomUUID()
  return { id, name, role: 'operator', createdAt: at(0), isDisabled: false, passkeys: [], failures: 0 }
}

async function added({ catalogue }: TestInstance, name: string): Promise<User> {
  const user = aUser(name)
  await catalogue.users.add(user, entry('user.add'))
  return user
}

async function session({ catalogue }: TestInstance, user?: User, more: Partial<Pass> = {}): Promise<Pass> {
  const pass: Pass = {
    ...{ id: crypto.randomUUID(), kind: 'session', userId: user?.id, name: '', permissions: [], address: '' },
    ...{ createdAt: at(0), seenAt: at(0), expiresAt: at(60), mark: 'ab', ...more },
  }
  await catalogue.passes.add(pass)
  return pass
}
