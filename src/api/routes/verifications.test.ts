import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { aServedInstance, type Served } from '../../../test/support/served.ts'
import { leaseOfVerification } from '../../app/require-unverified.ts'
import { Secret } from '../../core/secret.ts'
import type { Verify } from '../verifications/desk.ts'
import { openVerificationDesk } from '../verifications/verification-desk.ts'

const finding = { object: 'secrets/x-1.age', message: 'secrets/x-1.age is missing' }

describe('verifications by the API', () => {
  test('go on after the answer, one at a time, and what they found is told to who follows them', async () => {
    const held = aHeldVerification()
    await using served = await aWorld(held.verify)

    const [status, begun] = await ask(served, 'POST', '', { destinations: ['nas'], readData: 'rotating' })
    await held.begun
    const second = await ask(served, 'POST', '', {})
    const listed = await ask(served, 'GET', '')
    const { body } = await served.api.request(`/api/v1/verifications/${begun.id}/events`)
    let text = ''
    for await (const part of (body ?? new ReadableStream<never>()).pipeThrough(new TextDecoderStream())) {
      text += part
      if (text.includes('event: progress')) held.end()
    }

    expect([status, begun.state]).toEqual([202, 'running'])
    expect(second).toMatchObject([409, { code: 'RUN_UNDER_WAY' }])
    expect(listed).toMatchObject([200, { items: [], underWay: { id: begun.id, startedBy: 'tester' } }])
    expect(held.asked).toMatchObject([
      { destinations: ['nas'], readData: { kind: 'rotating', parts: 4 }, actor: 'tester' },
    ])
    expect(text).toMatch(/event: progress\ndata: .*"step":"Reading"/)
    expect(text.trimEnd()).toMatch(/event: end\ndata: .*"outcome":"wrong".*x-1\.age is missing[^\n]*$/)
    const [, done] = await ask(served, 'GET', `/${begun.id}`)
    expect(done).toMatchObject({ state: 'done', report: [{ destination: 'nas', count: 1 }] })
    expect(await ask(served, 'GET', '')).not.toHaveProperty('1.underWay')
  })

  test('are stopped by DELETE, once, and make room for another', async () => {
    const held = aHeldVerification()
    await using served = await aWorld(held.verify)
    const [, { id }] = await ask(served, 'POST', '', {})
    await held.begun

    expect(await ask(served, 'DELETE', `/${id}`)).toMatchObject([202, { id }])
    await (await served.api.request(`/api/v1/verifications/${id}/events`)).text()

    expect(await ask(served, 'GET', `/${id}`)).toMatchObject([
      200,
      { state: 'cancelled', cancelledBy: 'tester' },
    ])
    expect(await ask(served, 'DELETE', `/${id}`)).toMatchObject([422, { code: 'USAGE' }])
    expect(await ask(served, 'POST', '', {})).toMatchObject([202, {}])
  })

  test('are refused while the schedule, or another node, verifies one of the destinations', async () => {
    await using served = await aWorld(async () => [])
    const { catalogue, clock } = served.instance
    const nas = await catalogue.destinations.get('nas')
    const lease = { destinationId: leaseOfVerification(nas).id, processId: process.pid }
    await catalogue.leases.take({ ...lease, purpose: 'a verification', takenAt: clock.now() })

    const refused = [409, { code: 'RUN_UNDER_WAY', detail: 'nas is being verified already' }]
    expect(await ask(served, 'POST', '', { destinations: ['nas'] })).toMatchObject(refused)
    expect(await ask(served, 'POST', '', {})).toMatchObject(refused)
    expect(await ask(served, 'GET', '')).not.toHaveProperty('1.underWay')
    await catalogue.leases.release(lease)
    expect(await ask(served, 'POST', '', { destinations: ['nas'] })).toMatchObject([202, {}])
  })

  test('that end with the daemon were cancelled, by nobody, and have not failed', async () => {
    const held = aHeldVerification()
    await using served = await aWorld(held.verify)
    const stopping = new AbortController()
    const { deps, logged } = served
    const desk = openVerificationDesk({ ...deps, stopping: stopping.signal })
    const { id } = desk.start({ destinations: [], readData: { kind: 'none' }, actor: 'eve' })
    await held.begun

    stopping.abort(new Error('SIGTERM'))
    await desk.idle()

    expect(desk.get(id).state).toEqual({ kind: 'cancelled', by: undefined })
    expect(logged.filter(({ level }) => level === 'error')).toEqual([])
  })

  test('are of destinations that there are, and of nothing that is contradictory', async () => {
    await using served = await aWorld(async () => [])

    expect(await ask(served, 'POST', '', { destinations: ['gone'] })).toMatchObject([404, {}])
    expect(await ask(served, 'POST', '', { parts: 3 })).toMatchObject([422, { code: 'USAGE' }])
    expect(await ask(served, 'GET', `/${crypto.randomUUID()}`)).toMatchObject([404, {}])
  })

  test('by whomever they were made, are listed with what the last one found', async () => {
    await using served = await aWorld(async () => [])
    const { catalogue, clock } = served.instance
    const nas = await catalogue.destinations.get('nas')
    const end = { kind: 'looked', findings: [finding] } as const
    await catalogue.verifications.record(nas.id, 'ledger', end, clock.now())

    const last = { at: clock.now().toISOString(), count: 1, findings: [finding] }
    expect(await ask(served, 'GET', '')).toEqual([
      200,
      { items: [{ destination: 'nas', what: 'ledger', last }] },
    ])
  })
})

async function aWorld(verify: Verify): Promise<Served> {
  const served = await aServedInstance(undefined, verify)
  const { catalogue, clock, home } = served.instance
  await catalogue.destinations.add({
    ...{ id: crypto.randomUUID(), name: 'nas', repositoryPassword: new Secret('x') },
    ...{ spec: { kind: 'local', path: join(home, 'copies') }, createdAt: clock.now(), runsBefore: 0 },
  })
  return served
}

/** One that goes on until the test lets it end, or it is stopped. */
function aHeldVerification() {
  const [begun, ended] = [Promise.withResolvers<true>(), Promise.withResolvers<true>()]
  const asked: unknown[] = []
  const verify: Verify = async (request, progress, signal) => {
    asked.push(request)
    progress({ kind: 'step', title: 'Reading', unit: 'bytes' })
    begun.resolve(true)
    const stopped = Promise.withResolvers<never>()
    signal.addEventListener('abort', () => {
      stopped.reject(signal.reason as Error)
    })
    await Promise.race([ended.promise, stopped.promise])
    return [
      { destination: 'nas', what: 'ledger', outcome: { kind: 'wrong', findings: [finding], notes: [] } },
    ]
  }
  return {
    ...{ verify, asked, begun: begun.promise },
    end: () => {
      ended.resolve(true)
    },
  }
}

interface Answer {
  readonly id: string
  readonly state?: string
}

async function ask({ api }: Served, method: string, path: string, body?: unknown): Promise<[number, Answer]> {
  const headers = { 'content-type': 'application/json' }
  const sent = body === undefined ? null : JSON.stringify(body)
  const answer = await api.request(`/api/v1/verifications${path}`, { method, headers, body: sent })
  return [answer.status, (await answer.json()) as Answer]
}
