import { once } from 'node:events'
import { createServer as createPlainServer, type IncomingHttpHeaders, type RequestListener } from 'node:http'
import { createServer as createSafeServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import type { Certificate } from './proxy.ts'
import { until } from './until.ts'

export interface Posted {
  readonly path: string
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

export interface HookServer extends AsyncDisposable {
  readonly port: number
  /** What it answers from now on; 200 and `ok` at first. */
  answer: {
    readonly status: number
    readonly text: string
    readonly headers?: Readonly<Record<string, string>>
  }
  posted(count: number): Promise<readonly Posted[]>
}

/** A server that takes whatever is posted to it, on the loopback, by TLS with a certificate. */
export async function hookServer(certificate?: Certificate): Promise<HookServer> {
  const all: Posted[] = []
  const serve: RequestListener = (request, response) => {
    const parts: Buffer[] = []
    request
      .on('data', (part: Buffer) => parts.push(part))
      .on('end', () => {
        all.push({
          path: request.url ?? '',
          headers: request.headers,
          body: Buffer.concat(parts).toString(),
        })
        response.writeHead(hook.answer.status, hook.answer.headers).end(hook.answer.text)
      })
  }
  const server =
    certificate === undefined ? createPlainServer(serve) : createSafeServer({ ...certificate }, serve)
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const hook: HookServer = {
    port: (server.address() as AddressInfo).port,
    answer: { status: 200, text: 'ok' },
    posted: (count) =>
      until(`${count} were posted`, () => Promise.resolve(all.length < count ? undefined : [...all])),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
  return hook
}
