import { describe, expect, test } from 'vitest'
import { aServedInstance, type Served } from '../../../test/support/served.ts'
import { aBrowserOf, aUser } from '../../../test/support/users.ts'
import { admitUsers } from '../access/admit-users.ts'
import { makeApi } from '../make-api.ts'

const schedule = { cron: '0 5 * * *', timeZone: 'UTC' }
const daily = { name: 'daily', jobs: ['system'], schedule }

describe('plans by the API', () => {
  test('are added, told with what they are due at, changed as they were read, and removed', async () => {
    await using served = await aServedInstance()

    const added = await ask(served, 'POST', '/plans', daily)
    const tag = added.headers.get('etag') ?? ''
    expect([added.status, added.headers.get('location')]).toEqual([201, '/api/v1/plans/daily'])
    const now = served.instance.clock.now()
    const plan: unknown = await added.json()
    expect(plan).toMatchObject({
      ...{ name: 'daily', isEnabled: true, jobs: ['system'], sources: [], destinations: [], hooks: {} },
      schedule: { ...schedule, jitterSeconds: 0, windows: [], leastSecondsBetween: 0 },
    })
    const got = await ask(served, 'GET', '/plans/daily')
    expect([got.headers.get('etag'), await got.json()]).toEqual([tag, plan])
    const { times } = (await (await ask(served, 'GET', '/plans/daily/due?count=2')).json()) as {
      times: string[]
    }
    expect((plan as { nextDue: string }).nextDue).toBe(times[0])
    expect(times.map((time) => time.slice(11))).toEqual(['05:00:00.000Z', '05:00:00.000Z'])
    expect(Date.parse(times[0] ?? '')).toBeGreaterThan(now.getTime())
    expect(Date.parse(times[1] ?? '') - Date.parse(times[0] ?? '')).toBe(86_400_000)

    const unread = await ask(served, 'PATCH', '/plans/daily', { isEnabled: false })
    const off = await ask(served, 'PATCH', '/plans/daily', { isEnabled: false }, tag)
    const late = await ask(served, 'PATCH', '/plans/daily', { isEnabled: true }, tag)
    expect([unread.status, off.status, late.status]).toEqual([428, 200, 412])
    const offPlan = (await off.json()) as object
    expect(offPlan).toMatchObject({ isEnabled: false, jobs: ['system'] })
    expect(offPlan).not.toHaveProperty('nextDue')
    expect(await namesIn(served, '/plans?isEnabled=true')).toEqual([])
    expect(await namesIn(served, '/plans?isEnabled=false')).toEqual(['daily'])

    const stale = await ask(served, 'DELETE', '/plans/daily', undefined, tag)
    const gone = await ask(served, 'DELETE', '/plans/daily')
    expect([stale.status, gone.status]).toEqual([412, 204])
    const trail = (await served.instance.catalogue.audit.list(3)).map(
      ({ action, actor }) => `${actor} ${action}`,
    )
    expect(trail).toEqual(['tester plan.remove', 'tester plan.change', 'tester plan.add'])
  })

  test('are run by their name, and the run is told with them and among their runs', async () => {
    await using served = await aServedInstance()
    const { instance } = served.deps
    const spec = { kind: 'local', path: `${served.instance.home}/copies` } as const
    await instance.as('tester').addDestination('nas', spec, undefined, new AbortController().signal)
    const { id } = (await (await ask(served, 'POST', '/plans', daily)).json()) as { id: string }

    const both = await ask(served, 'POST', '/runs', { plan: 'daily', jobs: ['system'] })
    const none = await ask(served, 'POST', '/runs', { plan: 'gone' })
    const begun = await ask(served, 'POST', '/runs', { plan: 'daily' })
    await (await ask(served, 'GET', '/runs/1/events')).text()

    expect([both.status, none.status, begun.status]).toEqual([422, 404, 202])
    expect(await (await ask(served, 'GET', '/plans/daily')).json()).toMatchObject({
      lastRun: { id: 1, state: 'done' },
    })
    const runs = (await (await ask(served, 'GET', `/runs?planId=${id}`)).json()) as {
      items: { planId: string }[]
    }
    expect(runs.items.map(({ planId }) => planId)).toEqual([id])
    expect(await (await ask(served, 'GET', `/runs?planId=${crypto.randomUUID()}`)).json()).toEqual({
      items: [],
    })
  })

  test('that make no sense are refused, by the same words as those of the commands', async () => {
    await using served = await aServedInstance()

    const noTime = await ask(served, 'POST', '/plans', {
      ...daily,
      schedule: { cron: '99 * * * *', timeZone: 'UTC' },
    })
    const nowhere = await ask(served, 'POST', '/plans', { ...daily, destinations: ['gone'] })

    expect([noTime.status, nowhere.status]).toEqual([422, 404])
    expect(await served.instance.catalogue.plans.list()).toEqual([])
  })

  test('with programs around them are said on the machine itself, and so are sources that are programs or take a secret to a server', async () => {
    await using served = await aServedInstance()
    const far = await fromAfar(served)
    const hooks = { before: { argv: ['/bin/true'], limitSeconds: 1 } }
    const { headers } = await ask(far, 'POST', '/plans', daily)
    const command = { kind: 'command', argv: ['/bin/true'] }
    const server = {
      kind: 'postgresql',
      host: 'db',
      user: 'a',
      accounts: false,
      credential: crypto.randomUUID(),
    }

    const answers = await Promise.all([
      ask(far, 'POST', '/plans', { ...daily, name: 'other', hooks }),
      ask(far, 'PATCH', '/plans/daily', { hooks }, headers.get('etag') ?? ''),
      ask(far, 'POST', '/sources', { name: 'a', spec: command }),
      ask(far, 'POST', '/sources', { name: 'b', spec: server }),
    ])

    expect(answers.map(({ status }) => status)).toEqual([403, 403, 403, 403])
    expect((await ask(served, 'POST', '/plans', { ...daily, name: 'other', hooks })).status).toBe(201)
  })
})

async function namesIn(served: Served, path: string): Promise<string[]> {
  const { items } = (await (await ask(served, 'GET', path)).json()) as { items: { name: string }[] }
  return items.map(({ name }) => name)
}

interface Asking {
  readonly api: Served['api']
  readonly headers?: Readonly<Record<string, string>>
}

/** An administrator, by the browser. */
async function fromAfar({ deps, instance }: Served): Promise<Asking> {
  const headers = await aBrowserOf(instance, await aUser(instance, 'boss', 'administrator'))
  return { api: makeApi(deps, admitUsers(deps.instance)), headers }
}

function ask(
  { api, ...who }: Asking,
  method: string,
  path: string,
  body?: object,
  tag?: string,
): Promise<Response> {
  const type = body === undefined ? {} : { 'content-type': 'application/json' }
  const match = tag === undefined ? {} : { 'if-match': tag }
  const init = {
    method,
    headers: { ...who.headers, ...type, ...match },
    ...(body && { body: JSON.stringify(body) }),
  }
  return Promise.resolve(api.request(`/api/v1${path}`, init))
}
