import { constants } from 'node:crypto'
import type { Server, ServerOptions } from 'node:https'
import type { BlockList, Socket } from 'node:net'
import type { HeldCertificate } from '../../app/certificates/held-certificate.ts'
import type { KeyPair } from '../../app/certificates/key-pair.ts'
import type { Api } from '../contract/route.ts'
import { clientOf, isAmong, plainAddress } from '../gates/client-address.ts'
import { networkOf, type RateLimits, rateLimits } from '../gates/rate-limits.ts'
import { type Address, listenOnPort } from './listen-on-port.ts'
import { closeServer, type Listening, makeSecureServer, type Patience, usualPatience } from './make-server.ts'
import type { Turnstile } from './turn-away.ts'

export interface HttpsDeps {
  readonly address: Address
  readonly certificate: HeldCertificate
  /** Behind each of them there are many clients. */
  readonly proxies: BlockList
  /** What is under way when it stops gets so long to end. */
  readonly patienceMs: number
  /** Milliseconds on a clock that is never set. */
  readonly now: () => number
  /** Absent: what is usual. */
  readonly patience?: Patience | undefined
  readonly limits?: RateLimits | undefined
}

/** Of requests: a person and a console ask a few dozen at once, a script that pages a few a second. */
const usualLimits = { perSecond: 20, burst: 200, mostClients: 10_000 }
/** Of connections: a handshake costs as much as many requests. */
const connectionLimits = { perSecond: 10, burst: 100, mostClients: 10_000 }

/** So that one address, however patient, leaves connections to others. */
const mostConnectionsOfOne = 32

/** Those of TLS 1.3, and of TLS 1.2 what is left when forward secrecy and authenticated encryption are asked for. */
const ciphers = [
  ...['TLS_AES_256_GCM_SHA384', 'TLS_CHACHA20_POLY1305_SHA256', 'TLS_AES_128_GCM_SHA256'],
  ...['ECDHE-ECDSA-AES256-GCM-SHA384', 'ECDHE-RSA-AES256-GCM-SHA384', 'ECDHE-ECDSA-CHACHA20-POLY1305'],
  ...['ECDHE-RSA-CHACHA20-POLY1305', 'ECDHE-ECDSA-AES128-GCM-SHA256', 'ECDHE-RSA-AES128-GCM-SHA256'],
].join(':')

/**
 * Serves the API by HTTPS: TLS 1.3, or 1.2 for who has no other. A later certificate is shown to who connects from then on; connections that there are stay.
 *
 * @param api with gates against those that reach it
 * @throws RedomaError `FILE_FAILED`
 */
export async function listenOnHttps(api: Api, deps: HttpsDeps): Promise<Listening> {
  const { address, certificate, patienceMs, patience = usualPatience } = deps
  const server = makeSecureServer(api, turnstileFor(deps), tlsFor(certificate.pair(), patience), patience)
  boundEachAddress(server, deps)
  certificate.onChange((pair) => {
    server.setSecureContext(tlsFor(pair, patience))
  })
  const bound = await listenOnPort(server, address)
  return { address: `https://${bound}`, [Symbol.asyncDispose]: () => closeServer(server, patienceMs) }
}

function tlsFor({ certificate, key }: KeyPair, { handshake }: Patience): ServerOptions {
  return {
    cert: certificate,
    key: key.reveal(),
    minVersion: 'TLSv1.2',
    ciphers,
    honorCipherOrder: true,
    handshakeTimeout: handshake,
    ALPNProtocols: ['http/1.1'],
    secureOptions: constants.SSL_OP_NO_RENEGOTIATION,
  }
}

function turnstileFor({ proxies, now, limits = usualLimits }: HttpsDeps): Turnstile {
  const secondsToWait = rateLimits(limits, now)
  const addressOf = ({ remoteAddress }: Socket): string => plainAddress(remoteAddress ?? '')
  return {
    secondsToWait({ socket, headers }) {
      const forwarded = [headers['x-forwarded-for'] ?? []].flat().join()
      return secondsToWait(clientOf(addressOf(socket), forwarded, proxies))
    },
    isShared: (socket) => isAmong(proxies, addressOf(socket)),
  }
}

/** Before anything is computed for a connection. */
function boundEachAddress(server: Server, { proxies, now }: HttpsDeps): void {
  const secondsToWait = rateLimits(connectionLimits, now)
  const open = new Map<string, number>()
  server.prependListener('connection', (socket: Socket) => {
    const address = plainAddress(socket.remoteAddress ?? '')
    if (isAmong(proxies, address)) return
    const network = networkOf(address)
    const count = (open.get(network) ?? 0) + 1
    if (count > mostConnectionsOfOne || secondsToWait(address) > 0) {
      socket.destroy()
      return
    }
    open.set(network, count)
    socket.once('close', () => {
      const left = (open.get(network) ?? 1) - 1
      if (left === 0) open.delete(network)
      else open.set(network, left)
    })
  })
}
