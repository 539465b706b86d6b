import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { aServedInstance, type Served } from '../../../test/support/served.ts'

describe('what the API changes', () => {
  test('is a new credential, whose secret goes in and comes out nowhere', async () => {
    await using served = await aServedInstance()

    const answer = await send(served, 'POST', '/api/v1/credentials', {
      ...{ title: 'router', user: 'root', secret: 'hunter2', notes: 'hunter2 too', tags: ['net'] },
      fields: [{ name: 'pin', value: 'hunter2 pin', hidden: true }],
      attachments: [{ name: 'key.pem', content: Buffer.from('hunter2 key').toString('base64') }],
    })
    const text = await answer.text()

    expect([answer.status, answer.headers.get('etag')]).toEqual([201, '"1"'])
    const { id } = JSON.parse(text) as { id: string }
    expect(answer.headers.get('location')).toBe(`/api/v1/credentials/${id}`)
    expect(text).not.toMatch(/hunter2/)
    expect(JSON.stringify(served.logged)).not.toMatch(/hunter2/)
    const record = await served.instance.catalogue.credentials.get(id)
    expect([record.secret?.reveal(), record.fields[0]?.value.reveal()]).toEqual(['hunter2', 'hunter2 pin'])
    expect(record.attachments).toMatchObject([{ name: 'key.pem', size: 11 }])
  })

  test('is what a change names of a credential, as long as nobody else has changed it', async () => {
    await using served = await aServedInstance()
    const { id } = (await (await send(served, 'POST', '/api/v1/credentials', aRouter)).json()) as {
      id: string
    }
    const change = (body: unknown, match?: string): Promise<Response> =>
      send(
        served,
        'PATCH',
        `/api/v1/credentials/${id}`,
        body,
        match === undefined ? {} : { 'if-match': match },
      )

    const unnamed = await change({ title: 'x' })
    const changed = await change({ secret: 'second', user: null }, '"1"')
    const late = await change({ secret: 'third' }, '"1"')
    const whatever = await change({ folder: 'net' }, '*')

    expect([unnamed.status, changed.status, late.status, whatever.status]).toEqual([428, 200, 412, 200])
    expect(await late.json()).toMatchObject({ code: 'CHANGED_MEANWHILE' })
    expect([changed.headers.get('etag'), whatever.headers.get('etag')]).toEqual(['"2"', '"3"'])
    const record = await served.instance.catalogue.credentials.get(id)
    expect([record.title, record.user, record.folder, record.secret?.reveal()]).toEqual([
      'router',
      undefined,
      'net',
      'second',
    ])
    expect(record.history.map(({ secret }) => secret.reveal())).toEqual(['first'])
  })

  test('is a credential that is removed, but not by who read it before it was changed', async () => {
    await using served = await aServedInstance()
    const { id } = (await (await send(served, 'POST', '/api/v1/credentials', aRouter)).json()) as {
      id: string
    }
    await send(served, 'PATCH', `/api/v1/credentials/${id}`, { title: 'x' }, { 'if-match': '*' })
    const remove = (headers: Record<string, string>): Promise<Response> =>
      send(served, 'DELETE', `/api/v1/credentials/${id}`, undefined, headers)

    const late = await remove({ 'if-match': '"1"' })
    const now = await remove({ 'if-match': '"2"' })
    const again = await remove({})

    expect([late.status, now.status, again.status]).toEqual([412, 204, 404])
  })

  test('is nothing by the title of a credential in the place of its id', async () => {
    await using served = await aServedInstance()
    await send(served, 'POST', '/api/v1/credentials', aRouter)

    const removed = await send(served, 'DELETE', '/api/v1/credentials/router')
    const changed = await send(
      served,
      'PATCH',
      '/api/v1/credentials/router',
      { title: 'x' },
      { 'if-match': '*' },
    )

    expect([removed.status, changed.status]).toEqual([404, 404])
    expect(await served.instance.catalogue.credentials.count()).toBe(1)
  })

  test('says which field does not fit, and never what was in it', async () => {
    await using served = await aServedInstance()

    const misspelt = await send(served, 'POST', '/api/v1/credentials', { title: 'a', pasword: 'hunter2' })
    const wrong = await send(served, 'POST', '/api/v1/credentials', {
      title: 'a',
      secret: { value: 'hunter2' },
    })
    const forged = await send(served, 'POST', '/api/v1/credentials', { title: 'a\nhunter2' })
    const noJson = await served.api.request('/api/v1/credentials', {
      method: 'POST',
      body: '{"title": "hunter2',
      headers: { 'content-type': 'application/json' },
    })

    expect([misspelt, wrong, forged, noJson].map(({ status }) => status)).toEqual([400, 400, 422, 400])
    const texts = await Promise.all([misspelt, wrong, forged, noJson].map((answer) => answer.text()))
    expect(JSON.parse(texts[1] ?? '')).toMatchObject({ errors: [{ pointer: '/json/secret' }] })
    expect(texts.join()).not.toMatch(/hunter2/)
  })

  test('is done once, however often it is sent under one Idempotency-Key', async () => {
    await using served = await aServedInstance()
    const post = (body: unknown): Promise<Response> =>
      send(served, 'POST', '/api/v1/credentials', body, { 'idempotency-key': 'k1' })

    const first = await post(aRouter)
    const second = await post(aRouter)
    const other = await post({ ...aRouter, secret: 'another' })

    expect([first.status, second.status, other.status]).toEqual([201, 201, 422])
    expect(await second.text()).toBe(await first.text())
    expect(second.headers.get('location')).toBe(first.headers.get('location'))
    expect(second.headers.get('idempotent-replayed')).toBe('true')
    expect(await served.instance.catalogue.credentials.count()).toBe(1)
  })

  test('may be tried again under its key after it failed, and is forgotten after a day', async () => {
    await using served = await aServedInstance()
    const post = (body: unknown): Promise<Response> =>
      send(served, 'POST', '/api/v1/credentials', body, { 'idempotency-key': 'k1' })

    const failed = await post({ title: 'a\nb' })
    const done = await post(aRouter)
    served.instance.clock.advance(86_400_001)
    const nextDay = await post(aRouter)

    expect([failed.status, done.status, nextDay.status]).toEqual([422, 201, 201])
    expect(nextDay.headers.get('idempotent-replayed')).toBeNull()
    expect(await served.instance.catalogue.credentials.count()).toBe(2)
  })

  test('is one credential, when a request comes twice at once under one key', async () => {
    await using served = await aServedInstance()

    const answers = await Promise.all(
      Array.from({ length: 5 }, () =>
        send(served, 'POST', '/api/v1/credentials', aRouter, { 'idempotency-key': 'k' }),
      ),
    )

    const statuses = answers.map(({ status }) => status)
    expect(statuses).toContain(201)
    expect(statuses.every((status) => status === 201 || status === 409)).toBe(true)
    expect(await served.instance.catalogue.credentials.count()).toBe(1)
  })

  test('are sources and destinations, by the rules of the commands', async () => {
    await using served = await aServedInstance()
    const spec = { kind: 'files', paths: ['/etc'], exclude: [], excludeCaches: false, oneFileSystem: true }
    const local = { kind: 'local', path: join(served.instance.home, 'copies') }

    const statuses = [
      (await send(served, 'POST', '/api/v1/sources', { name: 'etc', spec })).status,
      (await send(served, 'POST', '/api/v1/sources', { name: 'etc', spec })).status,
      (await send(served, 'POST', '/api/v1/sources', { name: 'x', spec: { ...spec, paths: ['/no/such'] } }))
        .status,
      (await send(served, 'POST', '/api/v1/destinations', { name: 'nas', spec: local })).status,
      (await send(served, 'DELETE', '/api/v1/sources/etc')).status,
      (await send(served, 'DELETE', '/api/v1/destinations/nas')).status,
      (await send(served, 'DELETE', '/api/v1/destinations/nas')).status,
    ]

    expect(statuses).toEqual([201, 409, 422, 201, 204, 204, 404])
    const actions = (await served.instance.catalogue.audit.list(10)).map(({ action }) => action)
    expect(actions).toEqual(['destination.remove', 'source.remove', 'destination.add', 'source.add'])
  })

  test('are reports of coverage, which are read in pages', async () => {
    await using served = await aServedInstance()
    for (const title of ['a', 'b', 'c'])
      await send(served, 'POST', '/api/v1/credentials', { title, secret: 's' })

    const made = await send(served, 'POST', '/api/v1/coverage')
    const path = made.headers.get('location') ?? ''
    const pages = await walk(served, `${path}/credentials?limit=2&state=never`)
    const none = await walk(served, `${path}/credentials?state=covered`)
    served.instance.clock.advance(3_600_000)
    const late = await served.api.request(path)

    expect([made.status, late.status]).toEqual([201, 404])
    expect(await made.json()).toMatchObject({ bundles: 0, states: { never: 3, covered: 0 }, unreadable: [] })
    expect(pages.map((page) => page.length)).toEqual([2, 1])
    expect(new Set(pages.flat().map(({ title }) => title))).toEqual(new Set(['a', 'b', 'c']))
    expect(none).toEqual([[]])
  })
})

const aRouter = { title: 'router', user: 'root', secret: 'first' }

function send(
  { api }: Served,
  method: string,
  path: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<Response> {
  const json = body === undefined ? {} : { body: JSON.stringify(body) }
  const all = { ...headers, ...(body === undefined ? {} : { 'content-type': 'application/json' }) }
  return Promise.resolve(api.request(path, { method, headers: all, ...json }))
}

async function walk({ api }: Served, path: string): Promise<{ title: string }[][]> {
  const pages: { title: string }[][] = []
  for (let cursor = ''; ; ) {
    const page = (await (await api.request(`${path}${cursor}`)).json()) as {
      items: { title: string }[]
      next?: string
    }
    pages.push(page.items)
    if (page.next === undefined) return pages
    cursor = `&cursor=${page.next}`
  }
}
