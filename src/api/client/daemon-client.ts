import { z } from 'zod'
import type { RunProgress, Transferred } from '../../ports/run-progress.ts'
import { instance } from '../contract/instance.ts'
import { begun, type newRun } from '../contract/new-run.ts'
import { pageOf } from '../contract/paging.ts'
import { run } from '../contract/run.ts'
import { runEnd, runProgress, transfers } from '../contract/run-progress.ts'
import { type AskOptions, askBySocket, notUnderstood, type Sent } from './ask-by-socket.ts'
import { readEvents, type StreamedEvent } from './read-events.ts'

/** What a program of ours asks the daemon of its instance. All throw `DAEMON_FAILED`, and the errors that the daemon has. */
export interface DaemonClient {
  instance(): Promise<z.output<typeof instance>>
  runs(
    query?: Readonly<Record<string, string>>,
  ): Promise<{ items: z.output<typeof run>[]; next?: string | undefined }>
  run(id: number): Promise<z.output<typeof run>>
  /** @param key sent again with the same one within a day, it is the same run */
  startRun(request: z.input<typeof newRun>, key: string): Promise<number>
  cancelRun(id: number): Promise<void>
  /** Until it has ended; what comes to its end without an `end` was cut off. */
  followRun(id: number, signal: AbortSignal): AsyncGenerator<RunNews>
}

export type RunNews =
  | { readonly kind: 'progress'; readonly progress: RunProgress }
  | { readonly kind: 'transfers'; readonly transfers: readonly Transferred[] }
  | { readonly kind: 'end' }

const runPage = pageOf(run)

/** The daemon that listens on a socket. */
export function daemonClient(socketPath: string, options: AskOptions): DaemonClient {
  const ask = askBySocket(socketPath, options)
  const send = async <Schema extends z.ZodType>(sent: Sent, schema: Schema): Promise<z.output<Schema>> =>
    understood(schema, await ask.json({ ...sent, path: `/api/v1${sent.path}` }))
  const get = <Schema extends z.ZodType>(path: string, schema: Schema): Promise<z.output<Schema>> =>
    send({ method: 'GET', path }, schema)
  return {
    instance: () => get('/instance', instance),
    runs: (query = {}) => get(`/runs?${new URLSearchParams(query).toString()}`, runPage),
    run: (id) => get(`/runs/${id}`, run),
    async startRun(body, key) {
      const headers = { 'idempotency-key': key }
      return (await send({ method: 'POST', path: '/runs', body, headers }, begun)).id
    },
    async cancelRun(id) {
      await send({ method: 'DELETE', path: `/runs/${id}` }, z.unknown())
    },
    async *followRun(id, signal) {
      for await (const event of readEvents(await ask.stream(`/api/v1/runs/${id}/events`, signal))) {
        const news = newsOf(event)
        if (news !== undefined) yield news
      }
    },
  }
}

function newsOf({ event, data }: StreamedEvent): RunNews | undefined {
  switch (event) {
    case 'progress':
      return { kind: 'progress', progress: understood(runProgress, data) }
    case 'transfers':
      return { kind: 'transfers', transfers: understood(transfers, data) }
    case 'end':
      understood(runEnd, data)
      return { kind: 'end' }
    default:
      return undefined
  }
}

/** @throws RedomaError `DAEMON_FAILED` */
function understood<Schema extends z.ZodType>(schema: Schema, value: unknown): z.output<Schema> {
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data
  throw notUnderstood(parsed.error)
}
