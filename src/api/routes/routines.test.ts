import { describe, expect, test } from 'vitest'
import { aServedInstance, type Served } from '../../../test/support/served.ts'

const nightly = {
  isEnabled: true,
  schedule: {
    ...{ cron: '0 22 * * *', timeZone: 'Europe/Lisbon' },
    ...{ jitterSeconds: 0, windows: [], leastSecondsBetween: 0 },
  },
}

describe('routines by the API', () => {
  test('are told with what they are due at, and changed as they were read', async () => {
    await using served = await aServedInstance()
    const read = await ask(served, 'GET', '/routines/verification')
    const tag = read.headers.get('etag') ?? ''

    const unread = await ask(served, 'PUT', '/routines/verification', nightly)
    const set = await ask(served, 'PUT', '/routines/verification', nightly, tag)
    const late = await ask(served, 'PUT', '/routines/verification', { ...nightly, isEnabled: false }, tag)

    expect([unread.status, set.status, late.status]).toEqual([428, 200, 412])
    expect(await set.json()).toMatchObject({
      name: 'verification',
      ...nightly,
      nextDue: expect.stringMatching(/T2[12]:00:00.000Z$/) as string,
    })
    const { items } = (await (await ask(served, 'GET', '/routines')).json()) as {
      items: { name: string }[]
    }
    expect(items.map(({ name }) => name)).toEqual(['heads', 'reminders', 'verification'])
    expect(await served.instance.catalogue.audit.list(1)).toMatchObject([
      { action: 'routine.change', actor: 'tester' },
    ])
  })

  test('have no other names, and no times that never come', async () => {
    await using served = await aServedInstance()

    const strange = await ask(served, 'GET', '/routines/gardening')
    const never = await ask(
      served,
      'PUT',
      '/routines/heads',
      { ...nightly, schedule: { ...nightly.schedule, cron: '0 5 31 2 *' } },
      '*',
    )
    const without = await ask(
      served,
      'PUT',
      '/routines/heads',
      { isEnabled: true, schedule: { timeZone: 'UTC' } },
      '*',
    )

    expect(
      [strange.status, never.status, without.status].every((status) => status >= 400 && status < 500),
    ).toBe(true)
    expect(await served.instance.catalogue.routines.get('heads')).toMatchObject({
      schedule: { cron: '0 9 * * 1' },
    })
  })
})

function ask({ api }: Served, method: string, path: string, body?: object, tag?: string): Promise<Response> {
  const type = body === undefined ? {} : { 'content-type': 'application/json' }
  const match = tag === undefined ? {} : { 'if-match': tag }
  const init = {
    method,
    headers: { ...type, ...match },
    ...(body && { body: JSON.stringify(body) }),
  }
  return Promise.resolve(api.request(`/api/v1${path}`, init))
}
