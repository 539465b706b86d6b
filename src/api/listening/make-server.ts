import { randomUUID } from 'node:crypto'
import { createServer, type RequestListener, type Server, type ServerOptions } from 'node:http'
import {
  createServer as createSecureServer,
  type Server as SecureServer,
  type ServerOptions as TlsOptions,
} from 'node:https'
import type { Duplex } from 'node:stream'
import { getRequestListener } from '@hono/node-server'
import { type Problem, problemType } from '../contract/problem.ts'
import type { Api } from '../contract/route.ts'
import { phraseOf } from '../problems/phrases.ts'

/** How long a connection is held for who sends slowly, takes slowly, or does nothing at all, in milliseconds. */
export interface Patience {
  /** Until the keys of TLS are agreed upon. */
  readonly handshake: number
  /** From the beginning of a request to the end of its headers, and of all of it. */
  readonly headers: number
  readonly request: number
  /** Between two requests. */
  readonly idle: number
  /** While nothing moves, though an answer is due: longer than an answer takes to begin. */
  readonly stuck: number
  /** How often it is looked who is too slow. */
  readonly look: number
}

export const usualPatience: Patience = {
  handshake: 10_000,
  headers: 10_000,
  request: 60_000,
  idle: 5000,
  stuck: 150_000,
  look: 2000,
}

const mostConnections = 128
const mostHeaders = 100
const mostHeaderBytes = 16 * 1024

/** An HTTP server that answers by `api`; it listens nowhere yet. */
export function makeServer(api: Api, patience = usualPatience): Server {
  return bounded(createServer(optionsFor(patience), listenerFor(api)), patience)
}

/** The same of HTTPS. */
export function makeSecureServer(api: Api, tls: TlsOptions, patience = usualPatience): SecureServer {
  return bounded(createSecureServer({ ...optionsFor(patience), ...tls }, listenerFor(api)), patience)
}

function optionsFor({ headers, request, idle, look }: Patience): ServerOptions {
  return {
    headersTimeout: headers,
    requestTimeout: request,
    keepAliveTimeout: idle,
    connectionsCheckingInterval: look,
    maxHeaderSize: mostHeaderBytes,
    // Node.js would answer in its own words.
    requireHostHeader: false,
  }
}

function listenerFor(api: Api): RequestListener {
  const answer = getRequestListener(api.fetch, {
    // What `Request` and `Response` are to the rest of the program is nobody's business here.
    overrideGlobalObjects: false,
    errorHandler: () =>
      new Response(problemText(400), { status: 400, headers: { 'content-type': problemType } }),
  })
  return (request, response) => void answer(request, response)
}

function bounded<Kind extends Server | SecureServer>(server: Kind, { stuck }: Patience): Kind {
  server.maxConnections = mostConnections
  server.maxHeadersCount = mostHeaders
  server.setTimeout(stuck)
  server.on('clientError', answerMalformed)
  return server
}

/** What Node.js' parser, or its patience, gives up: no request of it has reached the API. */
function answerMalformed(
  error: NodeJS.ErrnoException,
  socket: Duplex & { readonly bytesWritten?: number },
): void {
  const { code = '' } = error
  // In the midst of an answer, or after one, nothing more can be said; and what is said before TLS has its keys waits for them for ever.
  const isOfHttp = code.startsWith('HPE_') || code in statusOfMalformed
  if (!isOfHttp || !socket.writable || (socket.bytesWritten ?? 0) > 0) {
    socket.destroy()
    return
  }
  const status = statusOfMalformed[code] ?? 400
  const text = problemText(status)
  const lines = [
    `HTTP/1.1 ${status} ${phraseOf(status)}`,
    'connection: close',
    'cache-control: no-store',
    `content-type: ${problemType}`,
    `content-length: ${Buffer.byteLength(text)}`,
  ]
  socket.end(`${lines.join('\r\n')}\r\n\r\n${text}`, () => socket.destroy())
}

const statusOfMalformed: Readonly<Record<string, number>> = {
  HPE_HEADER_OVERFLOW: 431,
  HPE_CHUNK_EXTENSIONS_OVERFLOW: 413,
  ERR_HTTP_REQUEST_TIMEOUT: 408,
}

function problemText(status: number): string {
  const problem: Problem = {
    type: 'urn:redoma:problem:USAGE',
    title: phraseOf(status),
    status,
    detail: status === 408 ? 'the request took too long to come' : 'this is no request that HTTP/1.1 knows',
    code: 'USAGE',
    requestId: randomUUID(),
  }
  return JSON.stringify(problem)
}

/** A server that is reachable; disposed of, it takes no connection any more and has ended those that there were. */
export interface Listening extends AsyncDisposable {
  /** For people: a path, or `http://HOST:PORT`. */
  readonly address: string
}

/** What is under way gets `patienceMs` to end, and is cut off then. */
export async function closeServer(server: Server | SecureServer, patienceMs: number): Promise<void> {
  const closed = new Promise((resolve) => server.close(resolve))
  server.closeIdleConnections()
  const timer = setTimeout(() => {
    server.closeAllConnections()
  }, patienceMs)
  await closed
  clearTimeout(timer)
}
