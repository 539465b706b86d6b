import { describe, expect, test } from 'vitest'
import { aServedInstance, type Served } from '../../../test/support/served.ts'
import type { Incident, Trouble } from '../../ports/incident.ts'

const trouble: Trouble = {
  ...{ kind: 'destination-slow', key: 'k', subject: 'nas', severity: 'warning' },
  ...{ title: 'nas is slow', text: 'It is slow.', fields: {} },
}

describe('an incident that is acknowledged, by the API', () => {
  test('is open as before, and says who knows of it, since when and why; the trail has it once', async () => {
    await using served = await anIncident()
    const { catalogue, clock } = served.instance

    const [status, known] = await ask(served, 'PUT', { why: '  a disk is ordered ' })

    expect(status).toBe(200)
    const acknowledged = { at: clock.now().toISOString(), by: 'tester', why: 'a disk is ordered' }
    expect(known).toMatchObject({ id: 1, acknowledged })
    expect((await catalogue.incidents.open()).map(({ id }) => id)).toEqual([1])
    expect(await ask(served, 'GET')).toMatchObject([200, { acknowledged }])
    const metrics = await (await served.api.request('/metrics')).text()
    expect(metrics).toContain('redoma_incidents_acknowledged{kind="destination-slow",severity="warning"} 1')
    expect((await catalogue.audit.list(1))[0]).toMatchObject({
      ...{ actor: 'tester', action: 'incident.acknowledge', subject: '1' },
      detail: 'destination-slow nas: a disk is ordered',
    })

    expect(await ask(served, 'DELETE')).toMatchObject([200, { id: 1 }])
    expect(await ask(served, 'DELETE')).toMatchObject([200, { id: 1 }])
    expect((await catalogue.incidents.get(1)).acknowledged).toBeUndefined()
    const trail = (await catalogue.audit.list(10)).map(({ action }) => action)
    expect(trail.filter((action) => action === 'incident.unacknowledge')).toHaveLength(1)
  })

  test('is not any more when it has got worse, and still is when only its words have changed', async () => {
    await using served = await anIncident()
    const { incidents } = served.instance.catalogue
    await ask(served, 'PUT', { why: 'known' })
    const update = (changed: Partial<Trouble>, tell?: 'worsened') =>
      incidents.record(
        () => [{ kind: 'update', id: 1, trouble: { ...trouble, ...changed }, tell }],
        served.instance.clock.now(),
      )

    await update({ text: 'Still slow.' })
    const same: Incident = await incidents.get(1)
    await update({ severity: 'critical' }, 'worsened')

    expect(same.acknowledged).toMatchObject({ why: 'known' })
    expect((await incidents.get(1)).acknowledged).toBeUndefined()
  })

  test('has to be one that lasts, with a reason', async () => {
    await using served = await anIncident()

    expect(await ask(served, 'PUT', { why: ' ' })).toMatchObject([400, { code: 'USAGE' }])
    expect(await ask(served, 'PUT', { why: 'x' }, 7)).toMatchObject([404, { code: 'NOT_FOUND' }])
    const { catalogue, clock } = served.instance
    await catalogue.incidents.record(() => [{ kind: 'close', id: 1 }], clock.now())
    expect(await ask(served, 'PUT', { why: 'x' })).toMatchObject([422, { code: 'USAGE' }])
    expect(await ask(served, 'DELETE')).toMatchObject([422, { code: 'USAGE' }])
  })
})

async function anIncident(): Promise<Served> {
  const served = await aServedInstance()
  const { catalogue, clock } = served.instance
  await catalogue.incidents.record(() => [{ kind: 'open', trouble }], clock.now())
  return served
}

async function ask({ api }: Served, method: string, body?: unknown, id = 1): Promise<[number, unknown]> {
  const path = `/api/v1/incidents/${id}${method === 'GET' ? '' : '/acknowledgement'}`
  const headers = { 'content-type': 'application/json' }
  const answer = await api.request(path, {
    method,
    headers,
    body: body === undefined ? null : JSON.stringify(body),
  })
  return [answer.status, await answer.json()]
}
