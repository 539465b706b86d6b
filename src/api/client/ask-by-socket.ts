import { type IncomingMessage, request } from 'node:http'
import { collectBytes } from '../../core/bytes.ts'
import { type ErrorCode, messageOf, RedomaError } from '../../core/errors.ts'
import { wait } from '../../core/wait.ts'
import { actorHeader } from '../contract/actor-header.ts'
import { problem } from '../contract/problem.ts'

export interface Sent {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE'
  readonly path: string
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
}

export interface Ask {
  /** What is answered; `undefined` where the answer is empty. @throws RedomaError of the code that it is answered with, `DAEMON_FAILED` */
  json(sent: Sent): Promise<unknown>
  stream(path: string, signal: AbortSignal): Promise<AsyncIterable<Uint8Array>>
}

export interface AskOptions {
  /** The system's user name of who asks, for the audit trail. */
  readonly actor: string
  /** So long nothing may be heard: longer than the daemon takes for an answer, and than it is silent in a stream. */
  readonly silenceMs?: number | undefined
  /** So long it waits in all for a daemon of which too much is asked. */
  readonly patienceMs?: number | undefined
}

/** Of an answer that is read whole. */
const mostBytes = 64 * 1024 * 1024

export function askBySocket(
  socketPath: string,
  { actor, silenceMs = 150_000, patienceMs = 60_000 }: AskOptions,
): Ask {
  const send = ({ method, path, body, headers }: Sent, signal?: AbortSignal): Promise<IncomingMessage> =>
    new Promise((resolve, reject) => {
      const json = body === undefined ? undefined : JSON.stringify(body)
      const type = json === undefined ? {} : { 'content-type': 'application/json' }
      const sent = request(
        {
          ...{ socketPath, method, path, agent: false, signal },
          headers: { ...headers, ...type, [actorHeader]: encodeURIComponent(actor) },
        },
        resolve,
      )
      sent.setTimeout(silenceMs, () => {
        sent.destroy(new Error(`nothing was heard for ${silenceMs / 1000} seconds`))
      })
      sent.on('error', reject).end(json)
    })
  const answered = async (
    sent: Sent,
    signal: AbortSignal | undefined,
    leftMs = patienceMs,
  ): Promise<IncomingMessage> => {
    const answer = await send(sent, signal).catch((error: unknown) => {
      signal?.throwIfAborted()
      throw gone(error)
    })
    if ((answer.statusCode ?? 500) < 400) return answer
    const pauseMs = pauseIn(answer)
    const text = await textOf(answer)
    if (pauseMs === undefined || pauseMs > leftMs) throw errorOf(text)
    await wait(pauseMs, signal ?? new AbortController().signal)
    return answered(sent, signal, leftMs - pauseMs)
  }
  return {
    async json(sent) {
      const text = await textOf(await answered(sent, undefined))
      try {
        return text === '' ? undefined : (JSON.parse(text) as unknown)
      } catch (error) {
        throw notUnderstood(error)
      }
    },
    stream: (path, signal) => answered({ method: 'GET', path }, signal),
  }
}

/** Whoever is sent away since too much is asked at once, and is told when to come again, was refused before anything was made of it: it may be sent again. */
function pauseIn({ statusCode, headers }: IncomingMessage): number | undefined {
  const seconds = Number(headers['retry-after'])
  if ((statusCode !== 429 && statusCode !== 503) || !(seconds >= 0)) return undefined
  // Not at once, whatever it says: others wait, too.
  return Math.max(seconds * 1000, 100)
}

async function textOf(answer: IncomingMessage): Promise<string> {
  try {
    return Buffer.from(await collectBytes(answer, mostBytes)).toString()
  } catch (error) {
    throw gone(error)
  }
}

/** The error that the daemon had, as if it had been raised here. */
function errorOf(text: string): RedomaError {
  try {
    const { code, detail, hint } = problem.parse(JSON.parse(text))
    // Codes are public and never renamed; one of a newer daemon is as good for people.
    return new RedomaError(code as ErrorCode, detail, { hint })
  } catch (error) {
    return notUnderstood(error)
  }
}

function gone(error: unknown): RedomaError {
  return new RedomaError('DAEMON_FAILED', `the daemon does not answer: ${messageOf(error)}`, {
    hint: 'Is it up (systemctl status redoma), and what has become of its run: redoma backup list',
    cause: error,
  })
}

/** Of a version that is not ours, or no daemon at all. */
export function notUnderstood(cause: unknown): RedomaError {
  return new RedomaError('DAEMON_FAILED', 'the daemon answered with something that is not of its API', {
    hint: 'Is it of this version? Start it anew: systemctl restart redoma. Without it: --here',
    cause,
  })
}
