import { createServer, type RequestListener, type Server, type ServerOptions } from 'node:http'
import {
  createServer as createSecureServer,
  type Server as SecureServer,
  type ServerOptions as TlsOptions,
} from 'node:https'
import { getRequestListener } from '@hono/node-server'
import type { Api } from '../contract/route.ts'
import {
  answerExpectation,
  answerMalformed,
  noRequest,
  problemHeaders,
  problemText,
} from './plain-problems.ts'
import { type Turnstile, turnAway } from './turn-away.ts'

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

/** An HTTP server that answers by `api`, and turns away who asks too often; it listens nowhere yet. */
export function makeServer(api: Api, turnstile: Turnstile, patience = usualPatience): Server {
  return bounded(createServer(optionsFor(patience), listenerFor(api, turnstile)), patience)
}

/** The same of HTTPS. */
export function makeSecureServer(
  api: Api,
  turnstile: Turnstile,
  tls: TlsOptions,
  patience = usualPatience,
): SecureServer {
  return bounded(
    createSecureServer({ ...optionsFor(patience), ...tls }, listenerFor(api, turnstile)),
    patience,
  )
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

function listenerFor(api: Api, turnstile: Turnstile): RequestListener {
  const answer = getRequestListener(api.fetch, {
    // What `Request` and `Response` are to the rest of the program is nobody's business here.
    overrideGlobalObjects: false,
    errorHandler: () => new Response(problemText(400, noRequest), { status: 400, headers: problemHeaders }),
  })
  return turnAway((request, response) => void answer(request, response), turnstile)
}

function bounded<Kind extends Server | SecureServer>(server: Kind, { stuck }: Patience): Kind {
  server.maxConnections = mostConnections
  server.maxHeadersCount = mostHeaders
  server.setTimeout(stuck)
  server.on('clientError', answerMalformed)
  server.on('checkExpectation', answerExpectation)
  return server
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
