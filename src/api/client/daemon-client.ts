import type { z } from 'zod'
import { instance } from '../contract/instance.ts'
import { begun, type newRun } from '../contract/new-run.ts'
import { pageOf } from '../contract/paging.ts'
import { run } from '../contract/run.ts'
import { socketPath } from '../listening/listen-on-socket.ts'
import { type Ask, askBySocket, type Sent } from './ask-by-socket.ts'
import { readEvents, type StreamedEvent } from './read-events.ts'

/** What a program of ours asks the daemon of its instance. */
export interface DaemonClient {
  instance(): Promise<z.output<typeof instance>>
  runs(
    query?: Readonly<Record<string, string>>,
  ): Promise<{ items: z.output<typeof run>[]; next?: string | undefined }>
  run(id: number): Promise<z.output<typeof run>>
  /** @param key sent again with the same one within a day, it is the same run */
  startRun(request: z.input<typeof newRun>, key: string): Promise<number>
  cancelRun(id: number): Promise<void>
  /** Until it has ended. */
  followRun(id: number, signal: AbortSignal): AsyncGenerator<StreamedEvent>
}

/**
 * The daemon that serves the instance, if there is one; who finds none works on the catalogue himself.
 *
 * @param runFolder the instance's
 * @throws RedomaError `FILE_FAILED` where there is a socket that may not be opened
 */
export async function findDaemon(runFolder: string): Promise<DaemonClient | undefined> {
  const ask = askBySocket(socketPath(runFolder))
  return (await ask.isThere()) ? clientBy(ask) : undefined
}

const runPage = pageOf(run)

function clientBy(ask: Ask): DaemonClient {
  const get = async <Schema extends z.ZodType>(path: string, schema: Schema): Promise<z.output<Schema>> =>
    schema.parse(await ask.json({ method: 'GET', path: `/api/v1${path}` }))
  const send = (sent: Omit<Sent, 'path'> & { readonly path: string }): Promise<unknown> =>
    ask.json({ ...sent, path: `/api/v1${sent.path}` })
  return {
    instance: () => get('/instance', instance),
    runs: (query = {}) => get(`/runs?${new URLSearchParams(query).toString()}`, runPage),
    run: (id) => get(`/runs/${id}`, run),
    async startRun(body, key) {
      const sent = { method: 'POST', path: '/runs', body, headers: { 'idempotency-key': key } } as const
      return begun.parse(await send(sent)).id
    },
    async cancelRun(id) {
      await send({ method: 'DELETE', path: `/runs/${id}` })
    },
    async *followRun(id, signal) {
      yield* readEvents(await ask.stream(`/api/v1/runs/${id}/events`, signal))
    },
  }
}
