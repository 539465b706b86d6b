import { RedomaError } from '../../core/errors.ts'

interface Server {
  readonly host: string
  readonly port: number
}

const usualPorts: Readonly<Record<string, number>> = { smtps: 465, smtp: 587, tls: 6514, tcp: 514, udp: 514 }

/**
 * `smtps://HOST[:PORT]`, or `smtp://HOST[:PORT]` with STARTTLS, or without TLS where that is not wanted.
 *
 * @throws RedomaError `USAGE`
 */
export function parseMailServer(text: string, tls: boolean): Server & { readonly security: string } {
  const { scheme, host, port } = parseServer(text, ['smtps', 'smtp'], 'smtps://HOST:465 or smtp://HOST:587')
  if (tls) return { host, port, security: scheme === 'smtps' ? 'tls' : 'starttls' }
  if (scheme === 'smtps') throw new RedomaError('USAGE', '--no-tls does not go with smtps://, which is TLS')
  return { host, port: /:\d+\/?$/.test(text) ? port : 25, security: 'none' }
}

/**
 * `tls://HOST[:PORT]`, `tcp://…`, `udp://…`.
 *
 * @throws RedomaError `USAGE`
 */
export function parseReceiver(text: string): Server & { readonly transport: string } {
  const form = 'tls://HOST:6514, tcp://HOST:514 or udp://HOST:514'
  const { scheme, host, port } = parseServer(text, ['tls', 'tcp', 'udp'], form)
  return { transport: scheme, host, port }
}

/** `22:00-07:00` @throws RedomaError `USAGE` */
export function parseQuietHours(text: string): { readonly from: string; readonly to: string } {
  const [, from, to] = /^(\d\d:\d\d)-(\d\d:\d\d)$/.exec(text) ?? []
  if (from !== undefined && to !== undefined) return { from, to }
  throw misread(text, '22:00-07:00')
}

function parseServer(
  text: string,
  schemes: readonly string[],
  form: string,
): Server & { readonly scheme: string } {
  const [, scheme = '', host, port] =
    /^([a-z]+):\/\/(\[[^\]]+\]|[^/:@?#]+)(?::(\d{1,5}))?\/?$/.exec(text) ?? []
  if (host === undefined || !schemes.includes(scheme)) throw misread(text, form)
  const bare = host.replace(/^\[(.*)\]$/, '$1')
  return { scheme, host: bare, port: port === undefined ? (usualPorts[scheme] ?? 0) : Number(port) }
}

function misread(text: string, form: string): RedomaError {
  return new RedomaError('USAGE', `${JSON.stringify(text)} is not understood`, {
    hint: `It looks like ${form}.`,
  })
}
