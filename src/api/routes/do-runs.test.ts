import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { aServedInstance, type Served } from '../../../test/support/served.ts'
import type { BackUp } from '../../app/create-backup.ts'

describe('runs by the API', () => {
  test('begin at once and go on after the answer, and their end is told to who follows them', async () => {
    const job = aHeldJob()
    await using served = await aServedInstance(job.backUp)
    await addDestination(served)

    const begun = await start(served, { jobs: ['secrets'], destinations: ['nas'] })
    const events = await follow(served, begun.headers.get('location') ?? '')
    const first = await events.next()
    await job.begun
    const progress = await nextOf(events, 'progress')
    job.end()
    const end = await nextOf(events, 'end')

    expect([begun.status, await begun.json()]).toEqual([202, { id: 1 }])
    expect(first.value).toMatchObject({ event: 'run', data: { id: 1, state: 'running', parts: [] } })
    expect(progress).toMatchObject({ step: 'Reading', done: 7, total: 10, warnings: 1 })
    expect(end).toEqual({ id: 1, state: 'done' })
    expect((await events.next()).done).toBe(true)
  })

  test('are stopped by DELETE, and a run that has ended is not', async () => {
    const job = aHeldJob()
    await using served = await aServedInstance(job.backUp)
    await addDestination(served)
    await start(served, {})
    await job.begun
    const events = await follow(served, '/api/v1/runs/1')

    const stopped = await served.api.request('/api/v1/runs/1', { method: 'DELETE' })
    const end = await nextOf(events, 'end')
    const again = await served.api.request('/api/v1/runs/1', { method: 'DELETE' })
    const none = await served.api.request('/api/v1/runs/2', { method: 'DELETE' })

    expect([stopped.status, again.status, none.status]).toEqual([202, 422, 404])
    expect(end).toEqual({ id: 1, state: 'cancelled' })
    const run: unknown = await (await served.api.request('/api/v1/runs/1')).json()
    expect(run).toMatchObject({ state: 'cancelled', cancelledBy: 'tester', parts: [], remarks: [] })
    const [entry] = await served.instance.catalogue.audit.list(1)
    expect(entry).toMatchObject({ actor: 'tester', action: 'backup.cancel', subject: '1' })
  })

  test('are refused while another is under way, and where there is no destination', async () => {
    const job = aHeldJob()
    await using served = await aServedInstance(job.backUp)
    const nowhere = await start(served, {})
    await addDestination(served)
    await start(served, {})
    await job.begun

    const second = await start(served, {})
    job.end()

    expect([nowhere.status, second.status]).toEqual([404, 409])
    expect(await second.json()).toMatchObject({ code: 'RUN_UNDER_WAY' })
    await nextOf(await follow(served, '/api/v1/runs/1'), 'end')
  })

  test('and what else becomes of the instance is told, what is so now first', async () => {
    const job = aHeldJob()
    await using served = await aServedInstance(job.backUp)
    await addDestination(served)
    const events = await follow(served, '/api/v1')

    const destination = await nextOf(events, 'destination')
    await start(served, {})
    const running = await nextOf(events, 'run')
    job.end()
    const ended = await nextOf(events, 'run')

    expect(destination).toMatchObject({ name: 'nas', condition: 'unknown' })
    expect(running).toMatchObject({ id: 1, state: 'running' })
    expect(ended).toEqual({ id: 1, state: 'done' })
  })

  test('have no stream any more when the daemon stops', async () => {
    await using served = await aServedInstance()
    const events = await follow(served, '/api/v1')

    served.stop()

    expect((await Array.fromAsync(events)).length).toBeLessThanOrEqual(1)
  })

  test('have so many streams at once and no more, and as many again when these have ended', async () => {
    await using served = await aServedInstance()
    const open = await Promise.all(
      Array.from({ length: 32 }, async () => served.api.request('/api/v1/events')),
    )

    const refused = await served.api.request('/api/v1/events')
    await Promise.all(open.map(async (answer) => answer.body?.cancel()))
    const [status] = await Array.fromAsync(untilOpen(served))

    expect(refused.status).toBe(503)
    expect(status).toBe(200)
  })
})

/** Until a stream is to be had; the test's own limit of time ends it otherwise. */
async function* untilOpen({ api }: Served): AsyncGenerator<number> {
  for (;;) {
    const answer = await api.request('/api/v1/events')
    if (answer.status === 200) {
      await answer.body?.cancel()
      yield answer.status
      return
    }
    await new Promise((resolve) => setImmediate(resolve))
  }
}

/** A job that says how far it is, and goes on until it is let go or stopped. */
function aHeldJob(): { readonly backUp: BackUp; readonly begun: Promise<void>; end(): void } {
  const begun = Promise.withResolvers<undefined>()
  const ended = Promise.withResolvers<undefined>()
  return {
    begun: begun.promise,
    end: () => {
      ended.resolve(undefined)
    },
    async backUp(_, [target], progress, signal) {
      progress({ kind: 'step', title: 'Reading', unit: 'records', total: 10 })
      progress({ kind: 'warning', subject: 'a', message: 'odd' })
      progress({ kind: 'advance', done: 7 })
      begun.resolve(undefined)
      const stopped = Promise.withResolvers<never>()
      signal.addEventListener('abort', () => {
        stopped.reject(signal.reason)
      })
      await Promise.race([ended.promise, stopped.promise])
      const figures = { items: 1, itemsNew: 1, bytes: 1, bytesStored: 1 }
      const at = new Date('2026-03-01T05:00:00Z')
      const place = { job: 'secrets', source: 'credentials', destination: target?.record.name ?? '' } as const
      return [{ ...place, outcome: { kind: 'done' }, figures, startedAt: at, finishedAt: at }]
    },
  }
}

async function addDestination(served: Served): Promise<void> {
  const spec = { kind: 'local', path: join(served.instance.home, 'copies') } as const
  await served.deps.instance.as('tester').addDestination('nas', spec, undefined, new AbortController().signal)
}

function start({ api }: Served, body: unknown): Promise<Response> {
  const headers = { 'content-type': 'application/json' }
  return Promise.resolve(api.request('/api/v1/runs', { method: 'POST', headers, body: JSON.stringify(body) }))
}

interface Told {
  readonly event: string
  readonly data: unknown
}

async function follow({ api }: Served, path: string): Promise<AsyncGenerator<Told, undefined>> {
  const answer = await api.request(`${path}/events`)
  expect(answer.headers.get('content-type')).toBe('text/event-stream')
  return eventsOf(answer)
}

async function* eventsOf({ body }: Response): AsyncGenerator<Told, undefined> {
  let text = ''
  const decoder = new TextDecoder()
  for await (const piece of body ?? []) {
    text += decoder.decode(piece as Uint8Array, { stream: true })
    for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
      const [, event = '', data = ''] = /^event: (.*)\ndata: (.*)$/.exec(text.slice(0, end)) ?? []
      text = text.slice(end + 2)
      if (event !== '') yield { event, data: JSON.parse(data) as unknown }
    }
  }
  return undefined
}

async function nextOf(events: AsyncGenerator<Told, undefined>, wanted: string): Promise<unknown> {
  for (;;) {
    const { value } = await events.next()
    if (value === undefined) throw new Error(`the stream has ended without ${wanted}`)
    if (value.event === wanted) return value.data
  }
}
