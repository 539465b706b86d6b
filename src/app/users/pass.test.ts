import { describe, expect, test } from 'vitest'
import {
  alterCatalogue,
  anInstance,
  everythingOnDisk,
  type TestInstance,
} from '../../../test/support/instance.ts'
import { Secret } from '../../core/secret.ts'
import type { User } from '../../ports/user.ts'
import { newUser } from './new-user.ts'
import { issuePass, passOf } from './pass.ts'

describe('passes', () => {
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
})

const entry = (action: string) => ({ at: new Date(0), actor: 'tester', action, subject: '', detail: '' })

async function added(instance: TestInstance, name: string): Promise<User> {
  const user = newUser(instance, name, 'operator')
  await instance.catalogue.users.add(user, entry('user.add'))
  return user
}
