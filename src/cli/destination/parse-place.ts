import { RedomaError } from '../../core/errors.ts'
import { withoutLast, withoutOuter } from '../../core/without-last.ts'

interface HostAndPort {
  /** An IPv6 address without its brackets. */
  readonly host: string
  readonly port?: number
}

/**
 * `//HOST[:PORT]/SHARE[/FOLDER]`, or the same with backslashes, as Windows shows it.
 *
 * @throws RedomaError `USAGE`
 */
export function parseCifsPlace(
  text: string,
): HostAndPort & { readonly share: string; readonly folder: string } {
  const plain = text.startsWith('\\\\') ? text.replaceAll('\\', '/') : text.replace(/^(smb|cifs):/, '')
  const [, authority, share, folder = ''] = /^\/\/([^/]+)\/([^/]+)(?:\/(.*))?$/.exec(plain) ?? []
  if (authority === undefined || share === undefined)
    throw misread(text, '//HOST/SHARE or //HOST/SHARE/FOLDER')
  return { ...parseAuthority(authority, text), share, folder: trimmed(folder) }
}

/**
 * `HOST:/EXPORT`; an IPv6 address stands in brackets.
 *
 * @throws RedomaError `USAGE`
 */
export function parseNfsPlace(text: string): { readonly host: string; readonly export: string } {
  const [, host, path] = /^(\[[^\]]+\]|[^:/]+):(\/.*)$/.exec(text) ?? []
  if (host === undefined || path === undefined) throw misread(text, 'HOST:/EXPORT')
  return { host: bare(host), export: withoutLast(path, '/') || '/' }
}

/**
 * `USER@HOST:FOLDER`, or `ssh://USER@HOST:PORT/FOLDER`; an IPv6 address stands in brackets. The folder is what the account sees.
 *
 * @throws RedomaError `USAGE`
 */
export function parseRsyncPlace(
  text: string,
): HostAndPort & { readonly user: string; readonly folder: string } {
  const url = /^(?:ssh|rsync):\/\/([^@/]+)@([^/]+)(?:\/(.*))?$/.exec(text)
  const [, user, authority, folder = ''] = url ?? /^([^@/]+)@(\[[^\]]+\]|[^:/]+):(?!:)(.*)$/.exec(text) ?? []
  if (user === undefined || authority === undefined) throw misread(text, 'USER@HOST:FOLDER')
  return { user, ...parseAuthority(authority, text), folder: trimmed(folder) }
}

/**
 * `https://HOST[:PORT]/BUCKET[/PREFIX]`, or `s3:` before it, as restic has it.
 *
 * @throws RedomaError `USAGE`
 */
export function parseS3Place(text: string): {
  readonly endpoint: string
  readonly bucket: string
  readonly prefix: string
} {
  const [, origin, bucket, prefix = ''] =
    /^(?:s3:)?(https?:\/\/[^/?#@]+)\/([^/?#]+)(?:\/([^?#]*))?$/.exec(text) ?? []
  if (origin === undefined || bucket === undefined || !URL.canParse(origin))
    throw misread(text, 'https://HOST/BUCKET or https://HOST/BUCKET/PREFIX')
  return { endpoint: new URL(origin).origin, bucket, prefix: trimmed(prefix) }
}

function parseAuthority(authority: string, whole: string): HostAndPort {
  const [, host, port] = /^(\[[^\]]+\]|[^:]+)(?::(\d{1,5}))?$/.exec(authority) ?? []
  if (host === undefined) throw misread(whole, 'a host, or [ADDRESS] for IPv6, and after a colon its port')
  return port === undefined ? { host: bare(host) } : { host: bare(host), port: Number(port) }
}

function bare(host: string): string {
  return host.replace(/^\[(.*)\]$/, '$1')
}

function trimmed(folder: string): string {
  return withoutOuter(folder, '/')
}

function misread(text: string, form: string): RedomaError {
  return new RedomaError('USAGE', `${JSON.stringify(text)} is not a place`, {
    hint: `It looks like ${form}.`,
  })
}
