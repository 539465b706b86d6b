import { readFile } from 'node:fs/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { aServedInstance, type Served } from '../../../test/support/served.ts'
import { type Permission, permissions, type Role, roleNames, roles } from '../../ports/access.ts'
import { type Admit, admitNobody } from '../admission.ts'
import type { Guard } from '../contract/route.ts'
import { makeApi } from '../make-api.ts'
import { openApiDocument } from '../openapi.ts'

interface Described {
  readonly 'x-permission': Guard
}

const { paths } = openApiDocument() as { paths: Record<string, Record<string, Described>> }

const routes = Object.entries(paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(
    ([method, described]) =>
      [method.toUpperCase(), path.replaceAll(/\{.+?\}/g, '1'), described['x-permission']] as const,
  ),
)

describe('whoever asks the API', () => {
  let served: Served
  beforeAll(async () => {
    served = await aServedInstance()
  })
  afterAll(() => served[Symbol.asyncDispose]())

  test.each(routes)('by %s %s, is let in as the route says (%s)', async (method, path, needed) => {
    const nobody = makeApi(served.deps, admitNobody)
    const ask = async (api: typeof nobody, way = method): Promise<number> => {
      const answer = await api.request(path, { method: way })
      await answer.body?.cancel()
      return answer.status
    }

    const strangers = await ask(nobody)
    const byRole = new Map<Role, number>()
    for (const role of roleNames)
      byRole.set(role, await ask(makeApi(served.deps, admitWith(new Set(roles[role])))))

    expect(strangers === 401, 'without a name').toBe(needed !== 'anyone')
    for (const [role, status] of byRole) {
      expect(status, role).not.toBe(401)
      expect(status === 403, role).toBe(!mayAsk(role, needed))
    }
    if (method === 'GET' && needed !== 'anyone') expect(await ask(nobody, 'HEAD'), 'HEAD').toBe(401)
  })

  test('may do all by some role, and every permission but those of what is to come is needed somewhere', () => {
    expect(new Set(roleNames.flatMap((role) => [...roles[role]]))).toEqual(new Set(roles.administrator))
    const needed = new Set<string>(routes.map(([, , permission]) => permission))
    expect(roles.administrator.filter((permission) => !needed.has(permission))).toEqual([
      'restore',
      'open-glass',
      'manage-users',
    ])
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
    const api = makeApi(served.deps, admitWith(new Set(roles.operator)))

    const answer = await api.request('/api/v1/credentials', {
      method: 'POST',
      body: JSON.stringify({ title: 'router', secret: 'x' }),
      headers: { 'content-type': 'application/json', 'content-length': '33' },
    })

    expect(answer.status).toBe(201)
    const [entry] = await served.instance.catalogue.audit.list(1)
    expect(entry).toMatchObject({ actor: 'user:somebody', action: 'credential.add' })
  })

  test('is answered again under its key to who asked, and to nobody else', async () => {
    await using served = await aServedInstance()
    const body = JSON.stringify({ title: 'router', secret: 'x' })
    const post = async (name: string): Promise<number> => {
      const api = makeApi(served.deps, admitWith(new Set(roles.operator), name))
      const headers = {
        'content-type': 'application/json',
        'content-length': String(body.length),
        'idempotency-key': 'k',
      }
      return (await api.request('/api/v1/credentials', { method: 'POST', body, headers })).status
    }

    expect([await post('user:a'), await post('user:a'), await post('user:b')]).toEqual([201, 201, 422])
  })
})

function mayAsk(role: Role, needed: Guard): boolean {
  if (needed === 'anyone' || needed === 'signed-in') return true
  return (roles[role] as readonly Permission[]).includes(needed)
}

function admitWith(permissions: ReadonlySet<Permission>, actor = 'user:somebody'): Admit {
  return (context, next) => {
    context.set('principal', { actor, way: 'session', permissions })
    return next()
  }
}
