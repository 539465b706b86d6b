import { createServer, type Server, type ServerOptions } from 'node:http'
import { createAdaptorServer } from '@hono/node-server'
import type { Api } from '../contract/route.ts'

/** Who sends slowly, or nothing at all, holds a connection no longer than this, in milliseconds. */
const serverOptions: ServerOptions = {
  headersTimeout: 10_000,
  requestTimeout: 60_000,
  keepAliveTimeout: 5_000,
  maxHeaderSize: 16 * 1024,
}

const mostConnections = 128

/** An HTTP server that answers by `api`; it listens nowhere yet. */
export function makeServer(api: Api): Server {
  const server = createAdaptorServer({
    fetch: api.fetch,
    createServer,
    serverOptions,
    // What `Request` and `Response` are to the rest of the program is nobody's business here.
    overrideGlobalObjects: false,
  }) as Server
  server.maxConnections = mostConnections
  return server
}

/** A server that is reachable; disposed of, it takes no connection any more and has ended those that there were. */
export interface Listening extends AsyncDisposable {
  /** For people: a path, or `http://HOST:PORT`. */
  readonly address: string
}

/** What is under way gets `patienceMs` to end, and is cut off then. */
export async function closeServer(server: Server, patienceMs: number): Promise<void> {
  const closed = new Promise((resolve) => server.close(resolve))
  server.closeIdleConnections()
  const timer = setTimeout(() => {
    server.closeAllConnections()
  }, patienceMs)
  await closed
  clearTimeout(timer)
}
