import type { Context } from 'hono'
import { streamSSE } from 'hono/streaming'
import { messageOf } from '../core/errors.ts'
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
/** Who carries it gives up a connection on which nothing is said. */
const quietMs = 15_000

/** Answers by server-sent events, to so many at once at most, until who listens has gone, would not be let in any more, or the daemon stops. */
export function openStreams({ instance, stopping }: ApiDeps, beatMs = quietMs): Stream {
  let open = 0
  return (context, events) => {
    if (open >= mostStreams) throw new Refused(503, `there are ${mostStreams} streams already`)
    open += 1
    return streamSSE(context, async (stream) => {
      const gone = new AbortController()
      stream.onAbort(() => {
        gone.abort()
      })
      const look = async (): Promise<void> => {
        if (await isStillLetIn(context, instance).catch(() => false)) await stream.write(': \n\n')
        else gone.abort()
      }
      const beat = setInterval(() => void look(), beatMs)
      try {
        for await (const event of events(AbortSignal.any([gone.signal, stopping])))
          await stream.writeSSE(event)
      } catch (error) {
        // The answer has begun: that it ends is all that can be said.
        instance.log.warn('stream broke off', { path: context.req.path, why: messageOf(error) })
      } finally {
        clearInterval(beat)
        open -= 1
      }
    })
  }
}
