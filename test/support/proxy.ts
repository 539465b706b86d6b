import { connect, createServer, type Server, type Socket } from 'node:net'
import { createServer as createTlsServer } from 'node:tls'

/** What becomes of bytes on their way: these, or others, or the connection is cut in place of them. */
export type Meddling = (way: 'up' | 'down', bytes: Buffer) => Buffer | 'cut'

/** Stands between a client and a server on loopback, and meddles. */
export interface Proxy extends AsyncDisposable {
  readonly port: number
  meddle: Meddling
  /** Connections that were cut so far. */
  cuts(): number
}

export const meddleNot: Meddling = (_, bytes) => bytes

export interface Certificate {
  readonly key: string
  readonly cert: string
}

/** @param certificate with it, the proxy speaks TLS with the client */
export async function startProxy(toPort: number, certificate?: Certificate): Promise<Proxy> {
  const open = new Set<Socket>()
  let cuts = 0
  const join = (client: Socket): void => {
    const server = connect(toPort, '127.0.0.1')
    const cut = (): void => {
      client.destroy()
      server.destroy()
    }
    for (const [way, from, to] of [
      ['up', client, server],
      ['down', server, client],
    ] as const) {
      open.add(from)
      from.setNoDelay(true)
      from.on('data', (bytes) => {
        const after = proxy.meddle(way, bytes)
        if (after === 'cut') {
          cuts++
          cut()
        } else if (!to.write(after)) {
          from.pause()
          to.once('drain', () => from.resume())
        }
      })
      from.on('end', () => to.end())
      from.on('error', cut)
      from.on('close', () => {
        open.delete(from)
        to.destroySoon()
      })
    }
  }
  const server = certificate === undefined ? createServer(join) : createTlsServer(certificate, join)
  // A client that does not like the certificate goes away.
  server.on('tlsClientError', () => undefined)
  const port = await listenOn(server)
  const proxy: Proxy = {
    port,
    meddle: meddleNot,
    cuts: () => cuts,
    async [Symbol.asyncDispose]() {
      for (const socket of open) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
  return proxy
}

/** Cuts one connection, when so many bytes have gone that way; what was before them still arrives. */
export function cutOnceAfter(limit: number, on: 'up' | 'down'): Meddling {
  let [passed, done] = [0, false]
  return (way, bytes) => {
    if (way !== on || done) return bytes
    passed += bytes.length
    if (passed <= limit) return bytes
    done = true
    return 'cut'
  }
}

async function listenOn(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port was free')
  return address.port
}
