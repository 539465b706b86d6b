import type { Context } from 'hono'
import { streamSSE } from 'hono/streaming'
import { messageOf } from '../core/errors.ts'
import { whenAborted } from '../core/when-aborted.ts'
import { principalOf } from './access/asked-by.ts'
import type { Principal } from './access/principal.ts'
import { isStillLetIn } from './access/still-let-in.ts'
import type { ApiEnvironment } from './contract/route.ts'
import type { ApiDeps } from './deps.ts'
import { Refused } from './problems/refused.ts'

/** One server-sent event. */
export interface StreamEvent {
  readonly event: string
  /** JSON. */
  readonly data: string
}

export type Stream = (
  context: Context<ApiEnvironment>,
  events: (signal: AbortSignal) => AsyncIterable<StreamEvent>,
) => Response

const mostStreams = 32
/** So that nobody takes the places of all others: a person has a few pages open. */
const mostOfOne = 8
/** Who carries it gives up a connection on which nothing is said. */
const quietMs = 15_000

/** Answers by server-sent events, to so many at once at most, until who listens has gone, would not be let in any more, or the daemon stops. */
export function openStreams({ instance, stopping }: ApiDeps, beatMs = quietMs): Stream {
  const places = makePlaces()
  return (context, events) => {
    // It is answered by what a GET would be, of which nobody reads the body: its stream would have no end.
    if (context.req.method === 'HEAD') return context.body(null, 200, { 'content-type': 'text/event-stream' })
    const leave = places.take(principalOf(context))
    return streamSSE(context, async (stream) => {
      const gone = new AbortController()
      stream.onAbort(() => {
        gone.abort()
      })
      const ended = AbortSignal.any([gone.signal, stopping])
      using over = whenAborted(ended)
      let isLooking = false
      const look = async (): Promise<void> => {
        // The last one waits yet: who carries it is there, and nobody reads.
        if (isLooking) {
          gone.abort()
          return
        }
        isLooking = true
        if (await isStillLetIn(context, instance).catch(() => false)) await stream.write(': \n\n')
        else gone.abort()
        isLooking = false
      }
      const beat = setInterval(() => void look(), beatMs)
      try {
        for await (const event of events(ended)) await Promise.race([stream.writeSSE(event), over.promise])
      } catch (error) {
        // The answer has begun: that it ends is all that can be said.
        if (!ended.aborted)
          instance.log.warn('stream broke off', { path: context.req.path, why: messageOf(error) })
      } finally {
        clearInterval(beat)
        leave()
      }
    })
  }
}

/** Of all, and of each who asks. */
function makePlaces(): { take(principal: Principal): () => void } {
  const taken = new Map<string, number>()
  let all = 0
  return {
    take({ actor, way }) {
      const own = taken.get(actor) ?? 0
      if (all >= mostStreams) throw new Refused(503, `there are ${mostStreams} streams already`)
      // All commands on the machine are one.
      if (way !== 'socket' && own >= mostOfOne)
        throw new Refused(503, `there are ${mostOfOne} streams of ${actor} already`)
      all += 1
      taken.set(actor, own + 1)
      return () => {
        all -= 1
        const left = (taken.get(actor) ?? 1) - 1
        if (left === 0) taken.delete(actor)
        else taken.set(actor, left)
      }
    },
  }
}
