import { whenAborted } from '../../core/when-aborted.ts'
import type { ObjectBody, ObjectName } from '../../ports/destination.ts'
import type { Conversation, Exchange } from './conversation.ts'
import { longestPayload } from './frames.ts'
import type { Answer } from './messages.ts'
import { within } from './within.ts'

/** Of one put, sent and not written yet: one slice is written while the next arrives. */
const windowBytes = 2 * longestPayload

/**
 * Hands a body over, no faster than it is written. When the body fails, or the signal says so, the child breaks the put off, and is
 * waited for so long.
 *
 * @throws what the body throws, the signal's reason, or what the child fails with
 */
export async function putThrough(
  conversation: Conversation,
  name: ObjectName,
  body: ObjectBody,
  signal: AbortSignal,
  graceMs: number,
): Promise<void> {
  let outstanding = 0
  let ended = false
  let wake = (): void => undefined
  const hear = (answer: Answer): void => {
    if (answer.answer !== 'took') return
    outstanding -= answer.bytes
    exchange.setDue(outstanding > 0 || ended)
    wake()
  }
  const exchange: Exchange = conversation.begin({ doing: `writing ${name}`, hear }, (id) => ({
    call: 'put',
    id,
    name,
    size: body.size,
  }))
  exchange.setDue(false)

  async function feed(isOver: () => boolean): Promise<void> {
    for await (const chunk of body.open()) {
      for (let at = 0; at < chunk.length && !isOver(); at += longestPayload) {
        const slice = chunk.subarray(at, at + longestPayload)
        while (outstanding > 0 && outstanding + slice.length > windowBytes && !isOver()) {
          await new Promise<void>((resolve) => {
            wake = resolve
          })
        }
        if (isOver()) return
        outstanding += slice.length
        exchange.setDue(true)
        await exchange.send({ call: 'bytes', id: exchange.id }, slice)
      }
      if (isOver()) return
    }
    ended = true
    exchange.setDue(true)
    await exchange.send({ call: 'end', id: exchange.id })
  }

  using aborted = whenAborted(signal)
  let isBroken = false
  const feeding = feed(() => isBroken || exchange.isSettled())
  try {
    await Promise.race([feeding.then(() => exchange.settled), exchange.settled, aborted.promise])
  } catch (error) {
    isBroken = true
    wake()
    feeding.catch(() => undefined) // It has failed for this reason, or nobody wants to know.
    if (exchange.isSettled()) throw error
    exchange.setDue(true)
    void exchange.send({ call: 'stop', id: exchange.id })
    // It was through before it heard of it.
    if (await within(exchange.settled, graceMs)) return
    exchange.leave()
    throw error
  }
}
