import { type OutgoingHttpHeaders } from 'node:http'
import { request } from 'node:https'
import { BlockList } from 'node:net'
import { type Admit, admitOwner } from '../../src/api/admission.ts'
import { gatesOnNetwork } from '../../src/api/gates/on-network.ts'
import { listenOnHttps } from '../../src/api/listening/listen-on-https.ts'
import type { Patience } from '../../src/api/listening/make-server.ts'
import { makeApi } from '../../src/api/make-api.ts'
import { type HeldCertificate, holdCertificate } from '../../src/app/certificates/held-certificate.ts'
import type { KeyPair } from '../../src/app/certificates/key-pair.ts'
import { ownKeyPair } from '../../src/app/certificates/own-key-pair.ts'
import type { Served } from './served.ts'

export interface ServedByHttps extends AsyncDisposable {
  readonly port: number
  readonly certificate: HeldCertificate
}

export interface HowServed {
  readonly admit?: Admit
  readonly load?: () => Promise<KeyPair>
  readonly everyMs?: number
  /** Addresses of proxies. */
  readonly proxies?: readonly string[]
  readonly patience?: Patience
  /** Requests that an address may make, once and for all. */
  readonly burst?: number
}

/** An instance behind a port of 127.0.0.1, as a daemon serves it to a network; with a certificate for `vault.example.com`. */
export async function servedByHttps(served: Served, how: HowServed = {}): Promise<ServedByHttps> {
  const { admit = admitOwner('tester'), everyMs = 60_000, proxies = [], patience, burst = 1000 } = how
  const { clock, instance } = served.deps
  const load =
    how.load ?? (() => ownKeyPair(served.instance.home, ['vault.example.com', '127.0.0.1'], new Date()))
  const certificate = await holdCertificate({ load, clock, log: instance.log, everyMs })
  const list = new BlockList()
  for (const address of proxies) list.addAddress(address)
  const isOurs = (name: string): boolean => certificate.isFor(name)
  const now = (): number => 0
  const gates = gatesOnNetwork({ isOurs, proxies: list, now })
  const listening = await listenOnHttps(makeApi(served.deps, admit, gates), {
    ...{ address: { host: '127.0.0.1', port: 0 }, certificate, proxies: list, patienceMs: 0, patience },
    ...{ now, limits: { perSecond: 1, burst, mostClients: 100 } },
  })
  return {
    port: Number(new URL(listening.address).port),
    certificate,
    async [Symbol.asyncDispose]() {
      certificate[Symbol.dispose]()
      await listening[Symbol.asyncDispose]()
    },
  }
}

export interface HttpsAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, unknown>>
  readonly text: string
}

/** Asks over a connection of its own, from an address of this machine, trusting the listener's certificate alone. */
export function askByHttps(
  { port, certificate }: ServedByHttps,
  path: string,
  headers: OutgoingHttpHeaders = {},
  from = '127.0.0.1',
): Promise<HttpsAnswer> {
  const ca = certificate.pair().certificate
  return new Promise((resolve, reject) => {
    request(
      {
        host: '127.0.0.1',
        port,
        path,
        headers,
        ca,
        agent: false,
        localAddress: from,
        servername: 'vault.example.com',
      },
      (answer) => {
        let text = ''
        answer.setEncoding('utf8').on('data', (piece: string) => (text += piece))
        answer.on('error', reject).on('end', () => {
          resolve({ status: answer.statusCode ?? 0, headers: answer.headers, text })
        })
      },
    )
      .on('error', reject)
      .end()
  })
}
