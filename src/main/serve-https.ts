import { BlockList, isIP, isIPv6 } from 'node:net'
import type { Admit } from '../api/admission.ts'
import type { ApiDeps } from '../api/deps.ts'
import { gatesOnNetwork } from '../api/gates/on-network.ts'
import { listenOnHttps } from '../api/listening/listen-on-https.ts'
import { isLoopback } from '../api/listening/listen-on-port.ts'
import type { Listening } from '../api/listening/make-server.ts'
import { makeApi } from '../api/make-api.ts'
import { type HeldCertificate, holdCertificate } from '../app/certificates/held-certificate.ts'
import { readKeyPair } from '../app/certificates/key-pair.ts'
import { ownKeyPair } from '../app/certificates/own-key-pair.ts'
import type { HttpsSettings } from '../app/https-settings.ts'
import type { ShownCertificate } from '../core/shown-certificate.ts'

export interface HttpsServingDeps {
  readonly api: ApiDeps
  readonly admit: Admit
  /** The instance's folder. */
  readonly home: string
  /** As the system calls this machine. */
  readonly machineName: string
  readonly warn: (message: string) => void
  readonly patienceMs: number
}

export interface HttpsServing extends Listening {
  readonly notes: readonly string[]
  /** Of now, and the path of its file: empty where it is the instance's own. */
  certificate(): ShownCertificate & { readonly place: string }
}

/** Programs that renew certificates do so a month before they end. */
const lookEveryMs = 60_000

/**
 * Serves the API by HTTPS.
 *
 * @throws RedomaError `FILE_FAILED`; `KEY_WRONG`, `FORMAT_UNKNOWN` of certificate and key
 */
export async function serveHttps(settings: HttpsSettings, deps: HttpsServingDeps): Promise<HttpsServing> {
  const { api, admit, home, machineName, warn, patienceMs } = deps
  const { host, port, files, names } = settings
  const { clock } = api
  const { log } = api.instance
  const load =
    files === undefined
      ? () => ownKeyPair(home, namesOf(settings, machineName), clock.now())
      : () => readKeyPair(files)
  await using held = new AsyncDisposableStack()
  const certificate = held.use(await holdCertificate({ load, clock, log, everyMs: lookEveryMs }))
  const proxies = listOf(settings.proxies)
  // An address stands in no name that somebody could have led here.
  const isOurs = (name: string): boolean =>
    isIP(name) !== 0 || names.includes(name) || certificate.isFor(name)
  const now = (): number => performance.now()
  const gates = gatesOnNetwork({ isOurs, proxies, now })
  const listening = held.use(
    await listenOnHttps(makeApi(api, admit, gates), {
      address: { host, port },
      certificate,
      proxies,
      now,
      patienceMs,
    }),
  )
  if (!isLoopback(host)) warnOfOthers(listening.address, { log, warn })
  const owned = held.move()
  return {
    address: listening.address,
    notes: notesOn(certificate, files === undefined),
    certificate: () => ({ ...certificate.words(), place: files?.certificate ?? '' }),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  }
}

/** What clients of this machine call it, and what the operator says that others do. */
function namesOf({ host, names }: HttpsSettings, machineName: string): string[] {
  const isName = /^[a-z0-9_-]{1,63}(\.[a-z0-9_-]{1,63})*$/.test(machineName.toLowerCase())
  const bound = host === '0.0.0.0' || host === '::' ? [] : [host]
  const own = isName ? [machineName.toLowerCase()] : []
  return [...new Set([...names, ...bound, ...own, 'localhost', '127.0.0.1', '::1'])]
}

function listOf(proxies: readonly string[]): BlockList {
  const list = new BlockList()
  for (const text of proxies) {
    const [address = '', bits] = text.split('/')
    const family = isIPv6(address) ? 'ipv6' : 'ipv4'
    if (bits === undefined) list.addAddress(address, family)
    else list.addSubnet(address, Number(bits), family)
  }
  return list
}

function warnOfOthers(
  address: string,
  { log, warn }: { readonly log: ApiDeps['instance']['log']; readonly warn: (message: string) => void },
): void {
  log.warn('served to the network', { address })
  warn(`${address} is open to whoever reaches this machine: let a firewall say who that is`)
}

function notesOn(certificate: HeldCertificate, isOwn: boolean): string[] {
  const { fingerprint, pin, until } = certificate.words()
  const of = isOwn ? 'its own certificate' : 'its certificate'
  return [
    `SHA-256 of ${of}, good until ${until.toISOString().slice(0, 10)}:`,
    `  ${fingerprint}`,
    `For curl: --pinnedpubkey ${pin}`,
  ]
}
