import { RedomaError } from '../../core/errors.ts'
import { whenAborted } from '../../core/when-aborted.ts'
import type { ByteRange, ObjectInfo, ObjectName } from '../../ports/destination.ts'
import type { Conversation, Exchange } from './conversation.ts'
import { decodeEntries } from './entries.ts'
import { makeInbox } from './inbox.ts'
import type { Call } from './messages.ts'

/** Answers with payload that may come before somebody has taken them: the next is read while one is worked on. */
const ahead = 2
const unlimited = 0

/** Fills memory of the caller's, straight from the channel. */
export async function readThrough(
  conversation: Conversation,
  name: ObjectName,
  offset: number,
  out: Uint8Array,
  signal: AbortSignal,
): Promise<void> {
  let filled = 0
  const memoryFor = (bytes: number): Uint8Array => {
    if (filled + bytes > out.length)
      throw new RedomaError('DATA_DAMAGED', 'more bytes came than were asked for')
    filled += bytes
    return out.subarray(filled - bytes, filled)
  }
  const exchange = conversation.begin({ doing: `reading ${name}`, memoryFor }, (id) => ({
    call: 'get',
    id,
    name,
    offset,
    length: out.length,
    credit: unlimited,
  }))
  await settle(exchange, signal)
  if (filled === out.length) return
  throw new RedomaError('DESTINATION_FAILED', `only ${filled} bytes of ${name} came, of ${out.length}`)
}

/** The last answer, unless the signal comes first. */
export async function settle(exchange: Exchange, signal: AbortSignal): Promise<Awaited<Exchange['settled']>> {
  using aborted = whenAborted(signal)
  try {
    return await Promise.race([exchange.settled, aborted.promise])
  } finally {
    exchange.leave()
  }
}

export function getThrough(
  conversation: Conversation,
  name: ObjectName,
  range: ByteRange | undefined,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const call = (id: number): Call => ({
    call: 'get',
    id,
    name,
    offset: range?.offset,
    length: range?.length,
    credit: ahead,
  })
  return stream(conversation, `reading ${name}`, call, signal)
}

export async function* listThrough(
  conversation: Conversation,
  prefix: string,
  signal: AbortSignal,
): AsyncGenerator<ObjectInfo> {
  const call = (id: number): Call => ({ call: 'list', id, prefix, credit: ahead })
  for await (const part of stream(conversation, `listing ${prefix}`, call, signal)) yield* decodeEntries(part)
}

/** Payloads in their order, a few ahead of whoever takes them. */
async function* stream(
  conversation: Conversation,
  doing: string,
  call: (id: number) => Call,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const inbox = makeInbox<Uint8Array>()
  let credit = ahead
  const exchange: Exchange = conversation.begin(
    {
      doing,
      memoryFor: (bytes) => Buffer.allocUnsafeSlow(bytes),
      hear(_, payload) {
        if (payload === undefined) return
        credit--
        exchange.setDue(credit > 0)
        inbox.put(payload)
      },
    },
    call,
  )
  exchange.settled.then(() => {
    inbox.end()
  }, inbox.fail)
  const stop = (): void => {
    inbox.fail(signal.reason)
  }
  signal.addEventListener('abort', stop, { once: true })
  try {
    signal.throwIfAborted()
    for (let part = await inbox.next(); part !== undefined; part = await inbox.next()) {
      credit++
      if (!exchange.isSettled()) {
        exchange.setDue(true)
        void exchange.send({ call: 'more', id: exchange.id })
      }
      yield part
    }
  } finally {
    signal.removeEventListener('abort', stop)
    exchange.leave()
  }
}
