import type { AddressInfo } from 'node:net'
import { isIPv6 } from 'node:net'
import { messageOf, RedomaError } from '../../core/errors.ts'
import type { Api } from '../contract/route.ts'
import { closeServer, type Listening, makeServer } from './make-server.ts'

export interface LoopbackAddress {
  /** `127.0.0.1`, `::1`. */
  readonly host: string
  /** 0: one that is free. */
  readonly port: number
}

const loopback = /^(127(\.\d{1,3}){3}|::1)$/

/**
 * Serves `/metrics`, `/healthz` and `/readyz` to programs of this machine. Whoever is on it can read them, so no other routes belong here.
 *
 * @param operations what `makeOperations` makes
 * @throws RedomaError `USAGE` for an address that others reach, `FILE_FAILED`
 */
export async function listenOnLoopback(operations: Api, { host, port }: LoopbackAddress): Promise<Listening> {
  if (!loopback.test(host)) {
    throw new RedomaError('USAGE', `${host} is not an address of this machine alone`, {
      hint: 'Take 127.0.0.1 or ::1; what has to be reached from elsewhere goes behind a proxy that asks who it is.',
    })
  }
  const server = makeServer(operations)
  const { promise, resolve, reject } = Promise.withResolvers<undefined>()
  server.once('error', reject).listen({ host, port }, () => {
    resolve(undefined)
  })
  await promise.catch((error: unknown) => {
    throw new RedomaError('FILE_FAILED', `${host} port ${port} cannot be listened on: ${messageOf(error)}`, {
      cause: error,
    })
  })
  const bound = server.address() as AddressInfo
  const name = isIPv6(bound.address) ? `[${bound.address}]` : bound.address
  return {
    address: `http://${name}:${bound.port}`,
    [Symbol.asyncDispose]: () => closeServer(server, 0),
  }
}
