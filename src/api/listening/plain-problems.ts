import { randomUUID } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import { type Problem, problemType } from '../contract/problem.ts'
import { codeOfRefusal } from '../problems/code-of-refusal.ts'
import { phraseOf } from '../problems/phrases.ts'

/** Of an answer that is given before the API hears of a request. */
export const problemHeaders = {
  'content-type': problemType,
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
} as const

/** Problem details, as the API itself gives them. */
export function problemText(status: number, detail: string): string {
  const code = codeOfRefusal(status)
  const problem: Problem = {
    ...{ type: `urn:redoma:problem:${code}`, title: phraseOf(status), status, detail, code },
    requestId: randomUUID(),
  }
  return JSON.stringify(problem)
}

/** What Node.js' parser, or its patience, gives up: no request of it has reached the API. */
export function answerMalformed(
  error: NodeJS.ErrnoException,
  socket: Duplex & { readonly bytesWritten?: number },
): void {
  const { code = '' } = error
  // In the midst of an answer, or after one, nothing more can be said; and what is said before TLS has its keys waits for them for ever.
  const isOfHttp = code.startsWith('HPE_') || code === tooSlow
  if (!isOfHttp || !socket.writable || (socket.bytesWritten ?? 0) > 0) {
    socket.destroy()
    return
  }
  const status = code === tooSlow ? 408 : (statusOfMalformed[code] ?? 400)
  const text = problemText(status, code === tooSlow ? 'the request took too long to come' : noRequest)
  const headers = { ...problemHeaders, connection: 'close', 'content-length': Buffer.byteLength(text) }
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`)
  socket.end(`HTTP/1.1 ${status} ${phraseOf(status)}\r\n${lines.join('')}\r\n${text}`, () => socket.destroy())
}

/** `Expect:` something else than `100-continue`. */
export function answerExpectation(_: IncomingMessage, response: ServerResponse): void {
  response.writeHead(417, { ...problemHeaders, connection: 'close' })
  response.end(problemText(417, 'nothing can be expected but 100-continue'))
}

export const noRequest = 'this is no request that HTTP/1.1 knows'

const tooSlow = 'ERR_HTTP_REQUEST_TIMEOUT'
const statusOfMalformed: Readonly<Record<string, number>> = {
  HPE_HEADER_OVERFLOW: 431,
  HPE_CHUNK_EXTENSIONS_OVERFLOW: 413,
}
