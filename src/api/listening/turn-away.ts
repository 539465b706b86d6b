import type { IncomingMessage, OutgoingHttpHeaders, RequestListener } from 'node:http'
import type { Socket } from 'node:net'
import { rateLimits } from '../gates/rate-limits.ts'
import { problemHeaders, problemText } from './plain-problems.ts'

export interface Turnstile {
  /** 0: it is let in, which counts. */
  readonly secondsToWait: (request: IncomingMessage) => number
  /** Whether others come by the same connection, too. */
  readonly isShared: (socket: Socket) => boolean
}

/** Programs of this machine have one bucket together, and no reason to ask more: what they flood is their own backup. */
const localLimits = { perSecond: 250, burst: 2000, mostClients: 1 }

/** @param now milliseconds on a clock that is never set */
export function localTurnstile(now: () => number): Turnstile {
  const secondsToWait = rateLimits(localLimits, now)
  return { secondsToWait: () => secondsToWait(''), isShared: () => false }
}

/**
 * Turns away who asks too often, before anything is made of what they ask: under a flood that is all that there is time for. Their connection ends with the
 * answer, and what they had sent behind it is not looked at: so a new one is what the next request costs.
 */
export function turnAway(answer: RequestListener, { secondsToWait, isShared }: Turnstile): RequestListener {
  const ending = new WeakSet<Socket>()
  return (request, response) => {
    const { socket } = request
    if (ending.has(socket)) return
    const seconds = secondsToWait(request)
    if (seconds === 0) {
      answer(request, response)
      return
    }
    const ends = !isShared(socket)
    if (ends) ending.add(socket)
    const text = problemText(429, 'too much is asked from here')
    const headers: OutgoingHttpHeaders = { ...problemHeaders, 'retry-after': String(seconds) }
    if (ends) headers.connection = 'close'
    headers['content-length'] = Buffer.byteLength(text)
    response.writeHead(429, headers).end(text)
  }
}
