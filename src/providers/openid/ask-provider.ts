import { type IncomingMessage, request as requestInClear } from 'node:http'
import { request as requestSafely } from 'node:https'
import { isIPv4 } from 'node:net'
import type { CustomFetch } from 'openid-client'
import { RedomaError } from '../../core/errors.ts'

/** Of an answer: a description and a set of keys have a few thousand. */
const mostBytes = 256 * 1024

/**
 * One request in a connection of its own, in the form in which the library asks for it. Nothing is followed anywhere, nothing is asked in clear
 * but on this machine, and no more is read than fits.
 *
 * @param certificates PEM of the authorities that alone are trusted; absent: those that Node.js trusts
 */
export function askProvider(certificates: string | undefined): CustomFetch {
  return async (address, { method, headers, body, signal }) => {
    const url = new URL(address)
    requireSafe(url)
    const begin = url.protocol === 'https:' ? requestSafely : requestInClear
    const sent = body === undefined || body === null ? '' : wordsOf(body)
    const length = sent === '' ? {} : { 'content-length': String(Buffer.byteLength(sent)) }
    const outgoing = begin(url, {
      ...{ method, headers: { ...headers, ...length }, agent: false, minVersion: 'TLSv1.2' },
      ...(signal === undefined ? {} : { signal }),
      ...(certificates === undefined ? {} : { ca: certificates }),
    })
    try {
      const incoming = await new Promise<IncomingMessage>((resolve, reject) => {
        outgoing.once('response', resolve).on('error', reject).end(sent)
      })
      const bytes = await bodyOf(incoming, url)
      const { statusCode = 500 } = incoming
      const isEmpty = [204, 205, 304].includes(statusCode)
      return new Response(isEmpty ? null : bytes, { status: statusCode, headers: headersOf(incoming) })
    } finally {
      outgoing.destroy()
    }
  }
}

/** Also of addresses that the provider itself names. @throws RedomaError `PROVIDER_FAILED` */
export function requireSafe(url: URL): void {
  if (isSafe(url)) return
  throw new RedomaError('PROVIDER_FAILED', `${url.origin} is not asked: it is not HTTPS`)
}

/** By HTTPS; in clear on this machine alone. */
export function isSafe({ protocol, hostname }: URL): boolean {
  if (protocol === 'https:') return true
  const isHere =
    hostname === 'localhost' || hostname === '[::1]' || (isIPv4(hostname) && hostname.startsWith('127.'))
  return protocol === 'http:' && isHere
}

/** The library sends forms, and nothing else. */
function wordsOf(body: NonNullable<Parameters<CustomFetch>[1]['body']>): string {
  if (typeof body === 'string' || body instanceof URLSearchParams) return body.toString()
  throw new TypeError('a request to a provider is a form')
}

async function bodyOf(incoming: IncomingMessage, { origin }: URL): Promise<Uint8Array<ArrayBuffer>> {
  const parts: Buffer[] = []
  let length = 0
  for await (const part of incoming as AsyncIterable<Buffer>) {
    length += part.length
    if (length > mostBytes)
      throw new RedomaError('PROVIDER_FAILED', `${origin} answered with more than ${mostBytes} bytes`)
    parts.push(part)
  }
  return new Uint8Array(Buffer.concat(parts))
}

function headersOf({ rawHeaders }: IncomingMessage): Headers {
  const headers = new Headers()
  for (let index = 0; index + 1 < rawHeaders.length; index += 2)
    headers.append(rawHeaders[index] ?? '', rawHeaders[index + 1] ?? '')
  return headers
}
