import type { Server } from 'node:http'
import { type AddressInfo, isIPv6 } from 'node:net'
import { messageOf, RedomaError } from '../../core/errors.ts'

export interface Address {
  /** A name or an address; one of IPv6 without brackets. */
  readonly host: string
  /** 0: one that is free. */
  readonly port: number
}

/** @returns `HOST:PORT` as it is bound, for a URL. @throws RedomaError `FILE_FAILED` */
export async function listenOnPort(server: Server, { host, port }: Address): Promise<string> {
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
  return `${isIPv6(bound.address) ? `[${bound.address}]` : bound.address}:${bound.port}`
}

/** Whether only programs of this machine reach it. */
export function isLoopback(host: string): boolean {
  return /^(127(\.\d{1,3}){3}|::1)$/.test(host)
}
