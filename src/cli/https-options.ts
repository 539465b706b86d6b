import { resolve } from 'node:path'
import type { Command } from 'commander'
import type { HttpsSettings } from '../app/https-settings.ts'
import { RedomaError } from '../core/errors.ts'

export interface HttpsOptions {
  readonly certificate?: string
  readonly key?: string
  readonly name?: readonly string[]
  readonly behindProxy?: readonly string[]
}

/** Those that go with an address of HTTPS. */
export function addHttpsOptions(command: Command): Command {
  return command
    .option(
      '--certificate <file>',
      'its certificate and those between, in PEM; without it Redoma makes its own',
    )
    .option('--key <file>', 'the private key of that certificate, in PEM')
    .option('--name <name...>', 'a name that it is called by, beside those in the certificate')
    .option(
      '--behind-proxy <address...>',
      'believe X-Forwarded-For of this address or network, and of no other',
    )
}

/** @throws RedomaError `USAGE` */
export async function httpsSettingsFrom(address: string, options: HttpsOptions): Promise<HttpsSettings> {
  // zod, which a command that does not listen need not load.
  const { hostName, proxyAddress } = await import('../app/https-settings.ts')
  const { certificate, key, name = [], behindProxy = [] } = options
  if ((certificate === undefined) !== (key === undefined))
    throw new RedomaError('USAGE', '--certificate and --key go together')
  const names = name.map((text) => text.toLowerCase())
  for (const [schema, texts] of [
    [hostName, names],
    [proxyAddress, behindProxy],
  ] as const)
    for (const text of texts) {
      const found = schema.safeParse(text)
      if (!found.success)
        throw new RedomaError(
          'USAGE',
          `${JSON.stringify(text)} ${found.error.issues[0]?.message ?? 'is wrong'}`,
        )
    }
  const files =
    certificate === undefined || key === undefined
      ? undefined
      : { certificate: resolve(certificate), key: resolve(key) }
  return {
    ...parseAddress(address),
    ...(files === undefined ? {} : { files }),
    names,
    proxies: [...behindProxy],
  }
}

/** @throws RedomaError `USAGE` */
export function parseAddress(text: string): { readonly host: string; readonly port: number } {
  const [, bare, bracketed, digits] = /^(?:([^:[\]]+)|\[([^[\]]+)\]):(\d{1,5})$/.exec(text) ?? []
  const host = bare ?? bracketed
  const port = Number(digits)
  if (host !== undefined && port <= 65_535) return { host: host.toLowerCase(), port }
  throw new RedomaError('USAGE', `${JSON.stringify(text)} is not an address and a port`, {
    hint: 'They look like 127.0.0.1:9477, or [::1]:9477.',
  })
}
