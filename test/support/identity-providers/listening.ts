import { createServer, type RequestListener } from 'node:http'
import { createServer as createSafely } from 'node:https'
import { type AddressInfo } from 'node:net'
import { ownKeyPair } from '../../../src/app/certificates/own-key-pair.ts'

export interface Listening extends AsyncDisposable {
  /** `https://localhost:41234` */
  readonly origin: string
  /** In PEM: the authority that vouches for it. */
  readonly certificates: string
}

/** On a port of this machine, by HTTPS with a certificate of its own, kept in a folder. */
export async function listening(
  home: string,
  answer: (origin: string) => RequestListener,
): Promise<Listening> {
  const { certificate, key } = await ownKeyPair(home, ['localhost', '127.0.0.1'], new Date())
  const server = createSafely({ cert: certificate, key: key.reveal() })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const origin = `https://localhost:${(server.address() as AddressInfo).port}`
  server.on('request', answer(origin))
  return {
    ...{ origin, certificates: certificate },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      if (server.listening) await new Promise((resolve) => server.close(resolve))
    },
  }
}

/** A port of this machine at which nobody listens any more. */
export async function closedPort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}
