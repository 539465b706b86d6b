import { RedomaError } from '../../core/errors.ts'
import type { Api } from '../contract/route.ts'
import { type Address, isLoopback, listenOnPort } from './listen-on-port.ts'
import { closeServer, type Listening, makeServer } from './make-server.ts'
import { localTurnstile } from './turn-away.ts'

/** Of a request that means this listener, and not a name that somebody has led here. */
export function isNameOfLoopback(host: string): boolean {
  return host === 'localhost' || isLoopback(host)
}

/**
 * Serves `/metrics`, `/healthz` and `/readyz` to programs of this machine. Whoever is on it can read them, so no other routes belong here.
 *
 * @param operations what `makeOperations` makes
 * @throws RedomaError `USAGE` for an address that others reach, `FILE_FAILED`
 */
export async function listenOnLoopback(operations: Api, address: Address): Promise<Listening> {
  if (!isLoopback(address.host)) {
    throw new RedomaError('USAGE', `${address.host} is not an address of this machine alone`, {
      hint: 'Take 127.0.0.1 or ::1; what has to be reached from elsewhere goes behind a proxy that asks who it is.',
    })
  }
  const server = makeServer(
    operations,
    localTurnstile(() => performance.now()),
  )
  const bound = await listenOnPort(server, address)
  return { address: `http://${bound}`, [Symbol.asyncDispose]: () => closeServer(server, 0) }
}
