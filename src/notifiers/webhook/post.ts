import { type IncomingMessage, request as requestInClear } from 'node:http'
import { request as requestSafely } from 'node:https'
import { type TellShown, tellingShown } from '../../core/shown-certificate.ts'

/** More of an answer nobody reads. */
const answerLimitBytes = 16 * 1024

export interface Post {
  readonly url: URL
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer
  /** Authorities as PEM; they alone are trusted then. */
  readonly ca: string | undefined
  /** Told of the server's certificate. */
  readonly onCertificate?: TellShown | undefined
}

export interface Answer {
  readonly status: number
  /** The beginning of its body. */
  readonly text: string
}

/** One request in a connection of its own, and the beginning of what is answered. Nothing is followed anywhere. */
export async function post(
  { url, headers, body, ca, onCertificate }: Post,
  signal: AbortSignal,
): Promise<Answer> {
  signal.throwIfAborted()
  const begin = url.protocol === 'https:' ? requestSafely : requestInClear
  const options = {
    method: 'POST',
    headers: { ...headers, 'content-length': body.length },
    agent: false as const,
    minVersion: 'TLSv1.2' as const,
    signal,
    ...(ca === undefined ? {} : { ca }),
    ...tellingShown(onCertificate),
  }
  const outgoing = begin(url, options)
  try {
    const incoming = await new Promise<IncomingMessage>((resolve, reject) => {
      outgoing.once('response', resolve).on('error', reject).end(body)
    })
    return { status: incoming.statusCode ?? 0, text: await beginningOf(incoming) }
  } finally {
    outgoing.destroy()
  }
}

async function beginningOf(incoming: IncomingMessage): Promise<string> {
  const parts: Buffer[] = []
  let length = 0
  for await (const part of incoming as AsyncIterable<Buffer>) {
    parts.push(part.subarray(0, answerLimitBytes - length))
    length += part.length
    if (length >= answerLimitBytes) break
  }
  return Buffer.concat(parts).toString()
}
