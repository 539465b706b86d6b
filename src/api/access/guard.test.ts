import { readFile } from 'node:fs/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { aServedInstance, type Served } from '../../../test/support/served.ts'
import { aBrowserOf, aUser } from '../../../test/support/users.ts'
import { issuePass } from '../../app/users/pass.ts'
import { type Permission, permissions, type Role, roleNames, roles } from '../../ports/access.ts'
import type { User } from '../../ports/user.ts'
import type { Api, Guard } from '../contract/route.ts'
import { makeApi } from '../make-api.ts'
import { openApiDocument } from '../openapi.ts'
import { admitUsers } from './admit-users.ts'

interface Described {
  readonly 'x-permission': Guard
  readonly 'x-no-token'?: true
}

const { paths } = openApiDocument() as { paths: Record<string, Record<string, Described>> }

const routes = Object.entries(paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(
    ([method, described]) =>
      [
        method.toUpperCase(),
        path.replaceAll(/\{.+?\}/g, '1'),
        described['x-permission'],
        described['x-no-token'] === true,
      ] as const,
  ),
)

describe('whoever asks the API', () => {
  let served: Served
  const users = new Map<Role, User>()
  beforeAll(async () => {
    served = await aServedInstance()
    for (const role of roleNames) users.set(role, await aUser(served.instance, role, role))
  })
  afterAll(() => served[Symbol.asyncDispose]())

  test.each(routes)(
    'by %s %s, is let in as the route says (%s)',
    async (method, path, needed, isForPeople) => {
      const api = makeApi(served.deps, admitUsers(served.deps.instance))
      const ask = async (headers: Record<string, string>, way = method): Promise<number> => {
        const answer = await api.request(path, { method: way, headers })
        await answer.body?.cancel()
        return answer.status
      }
      const isOpen = needed === 'anyone'

      const stranger = await ask({ 'sec-fetch-site': 'same-origin' })
      const forger = await ask({ cookie: '__Host-redoma=x', 'sec-fetch-site': 'same-origin' })
      const byRole = new Map<Role, number>()
      // Each with a session of its own: some routes end it.
      for (const [role, user] of users) byRole.set(role, await ask(await aBrowserOf(served.instance, user)))

      const held = permissions.filter((permission) => permission !== needed)
      const administrator = users.get('administrator')
      const without = await ask(await tokenOf(served, administrator, held))
      const within = await ask(await tokenOf(served, administrator, isPermission(needed) ? [needed] : held))

      if (!isOpen) expect([without, within === 403]).toEqual([403, needed === 'signed-in' || isForPeople])
      expect([stranger === 401, forger === 401]).toEqual([!isOpen, !isOpen])
      for (const [role, status] of byRole) {
        expect(status, role).not.toBe(401)
        expect(status === 403, role).toBe(!mayAsk(role, needed))
      }
      if (method === 'GET' && !isOpen) expect(await ask({}, 'HEAD'), 'HEAD').toBe(401)
    },
  )

  test('may do all by some role, and every permission but those of what is to come is needed somewhere', () => {
    const needed = new Set<string>(routes.map(([, , permission]) => permission))
    expect(permissions.filter((permission) => !needed.has(permission))).toEqual(['open-glass'])
    expect([...roles.administrator]).toEqual([...permissions])
  })
})

test('the roles are those that the operator reads of', async () => {
  const page = await readFile(new URL('../../../docs/operator/access.md', import.meta.url), 'utf8')
  const rows = permissions.map((permission) => {
    const held = roleNames.map((role) => (mayAsk(role, permission) ? ' ✓ |' : '  |'))
    return `| \`${permission}\` |${held.join('')}`
  })

  expect(page).toContain(`| permission | ${roleNames.join(' | ')} |`)
  expect(page.match(/^\| `[a-z-]+` \|[ ✓|]+$/gm)).toEqual(rows)
})

describe('what is done by the API', () => {
  test('stands in the audit trail under the name of who asked', async () => {
    await using served = await aServedInstance()
    const operator = await aUser(served.instance, 'olga', 'operator')

    const answer = await addCredential(served, operator)

    expect(answer.status).toBe(201)
    const [entry] = await served.instance.catalogue.audit.list(1)
    expect(entry).toMatchObject({ actor: 'user:olga', action: 'credential.add' })
  })

  test('runs no program that a request names which came over the network, whoever asks', async () => {
    await using served = await aServedInstance()
    const boss = await aUser(served.instance, 'boss', 'administrator')
    const spec = { kind: 'command', argv: ['/bin/true'] }
    const body = JSON.stringify({ name: 'shell', spec })
    const type = { 'content-type': 'application/json' }
    const headers = { ...type, ...(await aBrowserOf(served.instance, boss)) }
    const add = async (api: Api, more: Record<string, string>): Promise<number> =>
      (await api.request('/api/v1/sources', { method: 'POST', body, headers: more })).status

    expect(await add(makeApi(served.deps, admitUsers(served.deps.instance)), headers)).toBe(403)
    expect(await add(served.api, type)).toBe(201)
  })

  test('is answered again under its key to who asked, and to nobody else', async () => {
    await using served = await aServedInstance()
    const [olga, oleg] = [
      await aUser(served.instance, 'olga', 'operator'),
      await aUser(served.instance, 'oleg', 'operator'),
    ]
    const statuses = []
    for (const user of [olga, olga, oleg])
      statuses.push((await addCredential(served, user, { 'idempotency-key': 'k' })).status)

    expect(statuses).toEqual([201, 201, 422])
  })
})

function mayAsk(role: Role, needed: Guard): boolean {
  if (needed === 'anyone' || needed === 'signed-in') return true
  return (roles[role] as readonly Permission[]).includes(needed)
}

function isPermission(needed: Guard): needed is Permission {
  return needed !== 'anyone' && needed !== 'signed-in'
}

async function tokenOf(
  { instance }: Served,
  user: User | undefined,
  held: readonly Permission[],
): Promise<Record<string, string>> {
  const expiresAt = new Date(instance.clock.now().getTime() + 60_000)
  const name = crypto.randomUUID()
  const wanted = { kind: 'token', userId: user?.id, name, permissions: held, expiresAt } as const
  return { authorization: `Bearer ${(await issuePass(instance, wanted)).secret.reveal()}` }
}

async function addCredential(
  { deps, instance }: Served,
  user: User,
  more: Record<string, string> = {},
): Promise<Response> {
  const body = JSON.stringify({ title: 'router', secret: 'x' })
  const type = { 'content-type': 'application/json', 'content-length': String(body.length) }
  const headers = { ...(await aBrowserOf(instance, user)), ...type, ...more }
  return makeApi(deps, admitUsers(deps.instance)).request('/api/v1/credentials', {
    method: 'POST',
    body,
    headers,
  })
}
