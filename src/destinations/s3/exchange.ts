import { Agent, type ClientRequest, type IncomingMessage, request as requestInClear } from 'node:http'
import { request as requestSafely, Agent as SafeAgent } from 'node:https'
import type { LookupFunction } from 'node:net'
import { systemCode } from '../../core/errors.ts'
import { type TellShown, tellingShown } from '../../core/shown-certificate.ts'

/** More wait for a connection that becomes free. */
const mostConnections = 64
/** A body is written in such pieces, and each that has left is a sign of life. */
const pieceBytes = 256 * 1024
/** From here on the store is asked before the body is sent, so that a refusal arrives before megabytes have left. */
const askedFromBytes = 1024 * 1024
/** Some stores do not answer that question. */
const patienceMs = 1000

export interface Wire {
  readonly agent: Agent
  readonly lookup: LookupFunction | undefined
  /** Without a byte for so long, an exchange is given up. */
  readonly stallMs: number
}

export interface HttpRequest {
  readonly method: 'GET' | 'HEAD' | 'PUT' | 'POST' | 'DELETE'
  readonly url: URL
  readonly headers: Readonly<Record<string, string>>
  readonly body: readonly Uint8Array[]
}

/** An answer whose head has come. Read its body, or drop it: it holds a connection. */
export interface HttpAnswer {
  readonly status: number
  readonly header: (name: string) => string | undefined
  /** Throws when it breaks off before its end. */
  body(): AsyncIterable<Uint8Array>
  drop(): void
}

/** What `exchange` throws when no byte came or went for too long. */
export class Stalled extends Error {}

/** @param ca certificates of authorities, as PEM; they alone are trusted then */
export function makeAgent(endpoint: string, ca: string | undefined, onCertificate?: TellShown): Agent {
  const options = { keepAlive: true, maxSockets: mostConnections }
  if (!endpoint.startsWith('https:')) return new Agent(options)
  const trust = { ...(ca === undefined ? {} : { ca }), ...tellingShown(onCertificate) }
  return new SafeAgent({ ...options, minVersion: 'TLSv1.2', ...trust })
}

/** One request and its answer, whatever that is. Throws errors of the connection as Node raises them, and `Stalled`. */
export async function exchange(wire: Wire, request: HttpRequest, signal: AbortSignal): Promise<HttpAnswer> {
  const length = request.body.reduce((sum, block) => sum + block.length, 0)
  const asked = length >= askedFromBytes
  const headers = asked ? { ...request.headers, expect: '100-continue' } : request.headers
  const begin = request.url.protocol === 'https:' ? requestSafely : requestInClear
  const { agent, lookup } = wire
  const { method, url } = request
  const outgoing = begin(url, { method, headers, agent, signal, ...(lookup === undefined ? {} : { lookup }) })
  const watchdog = watch(wire.stallMs, outgoing)
  // To wait for a connection that others use is no stall.
  outgoing.once('socket', (socket) => {
    watchdog.pat()
    if (socket.connecting) socket.once('connect', watchdog.pat)
  })
  const answered = answerTo(outgoing)
  // What breaks here is told by the error of the request, or by an answer that came before.
  if (asked) outgoing.flushHeaders()
  const maySend = asked
    ? Promise.race([goAhead(outgoing), answered.then(() => false)])
    : Promise.resolve(true)
  maySend
    .then(async (sends) => {
      if (sends) await send(outgoing, request.body, watchdog.pat)
    })
    .catch(() => undefined)
  try {
    return toAnswer(await answered, outgoing, wire.stallMs)
  } finally {
    watchdog.rest()
  }
}

function answerTo(outgoing: ClientRequest): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    outgoing.once('response', resolve)
    // Stays: what breaks after the answer is told by the answer's body.
    outgoing.on('error', reject)
  })
}

function goAhead(outgoing: ClientRequest): Promise<boolean> {
  return new Promise((resolve) => {
    const go = (): void => {
      clearTimeout(timer)
      resolve(true)
    }
    const timer = setTimeout(go, patienceMs)
    outgoing.once('continue', go)
    outgoing.once('close', () => {
      clearTimeout(timer)
    })
  })
}

async function send(outgoing: ClientRequest, blocks: readonly Uint8Array[], sent: () => void): Promise<void> {
  for (const block of blocks) {
    for (let offset = 0; offset < block.length; offset += pieceBytes) {
      const piece = block.subarray(offset, offset + pieceBytes)
      await new Promise<void>((resolve, reject) => {
        outgoing.write(piece, (error) => {
          if (error == null) resolve()
          else reject(error)
        })
      })
      sent()
    }
  }
  outgoing.end()
}

function toAnswer(incoming: IncomingMessage, outgoing: ClientRequest, stallMs: number): HttpAnswer {
  // Of a body that nobody reads any more.
  incoming.on('error', () => undefined)
  return {
    status: incoming.statusCode ?? 0,
    header: (name) => {
      const value = incoming.headers[name]
      return Array.isArray(value) ? value.join(', ') : value
    },
    async *body() {
      const chunks: AsyncIterator<Uint8Array> = incoming[Symbol.asyncIterator]()
      let read = false
      try {
        for (;;) {
          // Only while we wait: who reads may take its time.
          const watchdog = watch(stallMs, incoming)
          watchdog.pat()
          const next = await chunks.next().finally(watchdog.rest)
          read = next.done === true
          if (next.done === true) return
          yield next.value
        }
      } finally {
        // Not read to its end, or answered before it had all of the request: such a connection serves no other.
        if (!read || !outgoing.writableEnded) outgoing.destroy()
      }
    },
    drop: () => outgoing.destroy(),
  }
}

interface Watchdog {
  readonly pat: () => void
  readonly rest: () => void
}

/** Barks when it was not patted for so long, once it was patted first, until it rests for good. */
function watch(stallMs: number, what: ClientRequest | IncomingMessage): Watchdog {
  let timer: NodeJS.Timeout | undefined
  let resting = false
  const bark = (): void => {
    what.destroy(new Stalled(`nothing came or went for ${Math.round(stallMs / 1000)} s`))
  }
  return {
    pat: () => {
      clearTimeout(timer)
      if (!resting) timer = setTimeout(bark, stallMs)
    },
    rest: () => {
      resting = true
      clearTimeout(timer)
    },
  }
}

/** Of what `exchange` and a body throw: the code of the system, of TLS or of Node. */
export function wireCode(error: unknown): string {
  return error instanceof Stalled ? 'ESTALLED' : (systemCode(error) ?? '')
}
