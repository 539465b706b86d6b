import { type IncomingMessage, request } from 'node:http'
import { collectBytes } from '../../core/bytes.ts'
import { type ErrorCode, messageOf, RedomaError, systemCode } from '../../core/errors.ts'
import { problem } from '../contract/problem.ts'

export interface Sent {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE'
  readonly path: string
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
}

export interface Ask {
  /** Whether a daemon listens. @throws RedomaError `FILE_FAILED` */
  isThere(): Promise<boolean>
  /** What is answered; `undefined` where the answer is empty. @throws RedomaError of the code that it is answered with, `FILE_FAILED` */
  json(sent: Sent): Promise<unknown>
  stream(path: string, signal: AbortSignal): Promise<AsyncIterable<Uint8Array>>
}

/** Of an answer that is read whole. */
const mostBytes = 64 * 1024 * 1024

export function askBySocket(socketPath: string): Ask {
  const send = ({ method, path, body, headers }: Sent, signal?: AbortSignal): Promise<IncomingMessage> =>
    new Promise((resolve, reject) => {
      const json = body === undefined ? undefined : JSON.stringify(body)
      const type = json === undefined ? {} : { 'content-type': 'application/json' }
      request({ socketPath, method, path, headers: { ...headers, ...type }, agent: false, signal }, resolve)
        .on('error', reject)
        .end(json)
    })
  const answered = async (sent: Sent, signal?: AbortSignal): Promise<IncomingMessage> => {
    const answer = await send(sent, signal).catch((error: unknown) => {
      signal?.throwIfAborted()
      throw new RedomaError('FILE_FAILED', `the daemon does not answer: ${messageOf(error)}`, {
        cause: error,
      })
    })
    if ((answer.statusCode ?? 500) < 400) return answer
    throw errorOf(await textOf(answer))
  }
  return {
    async isThere() {
      try {
        ;(await send({ method: 'GET', path: '/healthz' })).resume()
        return true
      } catch (error) {
        if (['ENOENT', 'ECONNREFUSED'].includes(systemCode(error) ?? '')) return false
        throw new RedomaError('FILE_FAILED', `${socketPath} cannot be asked: ${messageOf(error)}`, {
          cause: error,
        })
      }
    },
    async json(sent) {
      const text = await textOf(await answered(sent))
      return text === '' ? undefined : (JSON.parse(text) as unknown)
    },
    stream: (path, signal) => answered({ method: 'GET', path }, signal),
  }
}

async function textOf(answer: IncomingMessage): Promise<string> {
  return Buffer.from(await collectBytes(answer, mostBytes)).toString()
}

/** The error that the daemon had, as if it had been raised here. */
function errorOf(text: string): RedomaError {
  try {
    const { code, detail, hint } = problem.parse(JSON.parse(text))
    // Codes are public and never renamed; one of a newer daemon is as good for people.
    return new RedomaError(code as ErrorCode, detail, { hint })
  } catch {
    return new RedomaError('INTERNAL', 'the daemon answered with something that is not of its API')
  }
}
