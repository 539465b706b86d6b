import { describe, expect, test } from 'vitest'
import { aServedInstance, type Served } from '../../../test/support/served.ts'
import { Secret } from '../../core/secret.ts'
import type { CredentialRecord } from '../../ports/credential.ts'
import { attachmentOfBytes } from '../../ports/credential-json.ts'
import type { Trouble } from '../../ports/incident.ts'

interface ListPage {
  readonly items: readonly { readonly id: string }[]
  readonly next?: string
}

describe('the lists of the API', () => {
  test('give the next page by the cursor of the one before, until there is none', async () => {
    await using served = await aServedInstance()
    for (let index = 0; index < 5; index++) await put(served, { id: `c${index}`, title: `t${index}` })

    const ids: string[] = []
    let path: string | undefined = '/api/v1/credentials?limit=2&sort=title&direction=desc'
    while (path !== undefined) {
      const page: ListPage = await getJson<ListPage>(served, path)
      ids.push(...page.items.map(({ id }) => id))
      path =
        page.next === undefined
          ? undefined
          : `/api/v1/credentials?limit=2&sort=title&direction=desc&cursor=${encodeURIComponent(page.next)}`
    }

    expect(ids).toEqual(['c4', 'c3', 'c2', 'c1', 'c0'])
  })

  test('of incidents have what lasts and what is over, by state, kind and severity', async () => {
    await using served = await aServedInstance()
    const { incidents } = served.instance.catalogue
    const words = { subject: 'nas', title: 'nas is lost', text: 'No way.' }
    const trouble: Trouble = {
      ...{ ...words, key: 'x', fields: { code: 'X' } },
      kind: 'destination-lost',
      severity: 'critical',
    }
    const slow: Trouble = { ...trouble, kind: 'destination-slow', severity: 'warning' }
    const at = new Date('2026-03-01T05:00:00Z')
    await incidents.record(
      () => [
        { kind: 'open', trouble },
        { kind: 'open', trouble: slow },
      ],
      at,
    )
    await incidents.record(() => [{ kind: 'close', id: 1 }], at)
    const idsOf = async (query: string) =>
      (await getJson<ListPage>(served, `/api/v1/incidents?${query}`)).items.map(({ id }) => id)

    expect(await idsOf('limit=1')).toEqual([2])
    expect(await idsOf('state=open')).toEqual([2])
    expect(await idsOf('state=closed&kind=destination-lost&severity=critical')).toEqual([1])
    const { items } = await getJson<ListPage>(served, '/api/v1/incidents?state=closed')
    expect(items).toMatchObject([{ event: 101, text: 'No way.', closedAt: at.toISOString() }])
  })

  test('take no cursor of another list, order or filter, and none that was made up', async () => {
    await using served = await aServedInstance()
    for (const id of ['a', 'b']) await put(served, { id, title: id })
    const { next = '' } = await getJson<{ next?: string }>(served, '/api/v1/credentials?limit=1&sort=title')
    const forged = Buffer.from(JSON.stringify(['x', 'y'])).toString('base64url')

    for (const path of [
      `/api/v1/credentials?limit=1&sort=title&kind=token&cursor=${next}`,
      `/api/v1/credentials?limit=1&sort=folder&cursor=${next}`,
      `/api/v1/runs?cursor=${next}`,
      `/api/v1/credentials?cursor=${forged}`,
      '/api/v1/credentials?cursor=!',
    ]) {
      const answer = await served.api.request(path)
      expect(answer.status, path).toBe(400)
      expect(await answer.json(), path).toMatchObject({
        code: 'USAGE',
        errors: [{ pointer: '/query/cursor' }],
      })
    }
  })

  test('refuse a filter that there is not, and a page that is too long, by its name', async () => {
    await using served = await aServedInstance()

    const unknown = await served.api.request('/api/v1/credentials?tittle=x')
    const long = await served.api.request('/api/v1/runs?limit=501')

    expect([unknown.status, long.status]).toEqual([400, 400])
    expect(await long.json()).toMatchObject({ errors: [{ pointer: '/query/limit' }] })
  })

  test.each([
    'sources',
    'destinations',
    'runs',
    'bundles',
    'generations',
    'guardians',
    'recordings',
    'audit',
  ])('of %s are empty where there is nothing', async (list) => {
    await using served = await aServedInstance()

    expect(await getJson(served, `/api/v1/${list}`)).toEqual({ items: [] })
  })

  test('have nothing secret of a credential, nor has the credential itself', async () => {
    await using served = await aServedInstance()
    await put(served, {
      id: 'a',
      title: 'router',
      user: 'root',
      secret: new Secret('hunter2-secret'),
      notes: new Secret('hunter2-notes'),
      totp: new Secret('hunter2-totp'),
      fields: [{ name: 'pin', value: new Secret('hunter2-field'), hidden: true }],
      attachments: [attachmentOfBytes('key.pem', Buffer.from('hunter2-attached'))],
      history: [{ secret: new Secret('hunter2-former'), until: new Date('2026-01-01T00:00:00Z') }],
    })

    const list = await served.api.request('/api/v1/credentials')
    const one = await served.api.request('/api/v1/credentials/a')
    const text = await one.text()

    expect(`${await list.text()}${text}`).not.toMatch(/hunter2/)
    expect(JSON.parse(text)).toMatchObject({
      ...{
        id: 'a',
        title: 'router',
        user: 'root',
        hasSecret: true,
        hasNotes: true,
        hasTotp: true,
        revision: 1,
      },
      fields: [{ name: 'pin', hidden: true }],
      attached: [{ name: 'key.pem', size: 16 }],
      formerSecrets: 1,
    })
  })

  test('answer 304 to who has a credential as it is, and all of it after it was changed', async () => {
    await using served = await aServedInstance()
    await put(served, { id: 'a', title: 'before' })
    const tag = (await served.api.request('/api/v1/credentials/a')).headers.get('etag') ?? ''
    const again = (): Promise<Response> =>
      Promise.resolve(served.api.request('/api/v1/credentials/a', { headers: { 'if-none-match': tag } }))

    const same = await again()
    await put(served, { id: 'a', title: 'after' })
    const changed = await again()

    expect([same.status, await same.text(), same.headers.get('etag')]).toEqual([304, '', tag])
    expect(changed.status).toBe(200)
    expect(changed.headers.get('etag')).not.toBe(tag)
  })

  test('say of a destination how it does, and never its repository’s password', async () => {
    await using served = await aServedInstance()
    const { destinations, watch } = served.instance.catalogue
    const record = {
      ...{ id: crypto.randomUUID(), name: 'nas', spec: { kind: 'local', path: '/mnt' } as const },
      ...{ repositoryPassword: new Secret('hunter2'), createdAt: served.instance.clock.now(), runsBefore: 0 },
    }
    await destinations.add(record)
    const since = served.instance.clock.now()
    await watch.record(record.id, () => ({
      watch: { state: { condition: 'lost', since, recent: [] }, room: [] },
    }))

    const answer = await served.api.request('/api/v1/destinations/nas')
    const text = await answer.text()

    expect(text).not.toMatch(/hunter2/)
    expect(JSON.parse(text)).toMatchObject({
      name: 'nas',
      spec: { path: '/mnt' },
      state: { condition: 'lost' },
    })
  })

  test('say by 404 what is not there, and by 409 that there is no recovery key to be ready for', async () => {
    await using served = await aServedInstance()
    const paths = ['credentials/x', 'sources/x', 'destinations/x', 'runs/7', 'readiness']

    const statuses = await Promise.all(
      paths.map(async (path) => (await served.api.request(`/api/v1/${path}`)).status),
    )

    expect(statuses).toEqual([404, 404, 404, 404, 409])
  })
})

async function put({ instance }: Served, some: Partial<CredentialRecord>): Promise<void> {
  const empty = { tags: [], fields: [], attachments: [], history: [] }
  await instance.catalogue.credentials.put({ id: 'a', title: 'x', kind: 'password', ...empty, ...some })
}

async function getJson<Json>({ api }: Served, path: string): Promise<Json> {
  const answer = await api.request(path)
  expect(answer.status, path).toBe(200)
  return (await answer.json()) as Json
}
