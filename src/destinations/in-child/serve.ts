import { messageOf, RedomaError } from '../../core/errors.ts'
import type {
  ByteRange,
  Destination,
  MeasuresSpace,
  ObjectInfo,
  ObjectName,
} from '../../ports/destination.ts'
import type { OpenObject } from '../local/read-object.ts'
import type { Channel } from './channel.ts'
import { encodeEntries } from './entries.ts'
import { type FrameReceiver, longestPayload } from './frames.ts'
import { type Inbox, makeInbox } from './inbox.ts'
import { type Answer, type Call, parseCall } from './messages.ts'
import { makePagePool } from './page-pool.ts'
import { decodeUnflushed } from './unflushed.ts'

/** The folder that a child process works on. */
export interface ServedFolder {
  readonly destination: Destination & MeasuresSpace
  open(name: ObjectName, range: ByteRange | undefined): Promise<OpenObject & { readonly range: ByteRange }>
  /** It was lost: nothing will succeed any more. */
  isOver(): boolean
  /** What an error means here, where it could mean several things. */
  explain(error: unknown): Promise<unknown>
  /** Folders whose entries a former process did not make durable. */
  addUnflushed(names: readonly string[]): void
}

export interface Server extends FrameReceiver<Call> {
  isIdle(): boolean
  /** For each folder that a flush has made durable. */
  onSynced(): void
}

interface Ongoing {
  readonly stop: AbortController
  /** Bytes of a put. */
  readonly body: Inbox<Uint8Array>
  /** One for each answer with payload that may be given. */
  readonly credit: Inbox<true>
}

/** Slices on their way to the disk, and from it. */
const slicesToWrite = 8
const slicesToRead = 4
/** Below it, memory at the beginning of a page gains nothing. */
const smallBytes = 1024 * 1024
const mostEntries = 256
/** A part of a listing waits no longer than this for more. */
const listingIntervalMs = 250
const aliveIntervalMs = 1000
/** Whoever puts longer things into an error than a header may hold would break the channel. */
const longestText = 2000

/** Does in a child process what Redoma asks for. */
export function serve(folder: ServedFolder, channel: Channel<Answer>): Server {
  const { destination } = folder
  const calls = new Map<number, Ongoing>()
  const flushes = new Set<number>()
  const toWrite = makePagePool(slicesToWrite, longestPayload)
  const toRead = makePagePool(slicesToRead, longestPayload)
  let beat: NodeJS.Timeout | undefined

  function tell(answer: Answer, payload?: Uint8Array): Promise<void> {
    return channel.send(answer, payload)
  }

  function begin(id: number, credit: number, work: (ongoing: Ongoing) => Promise<Answer>): void {
    const ongoing: Ongoing = { stop: new AbortController(), body: makeInbox(), credit: makeInbox() }
    for (let given = 0; given < credit; given++) ongoing.credit.put(true)
    calls.set(id, ongoing)
    beat ??= setInterval(() => void tell({ answer: 'alive', id: 0 }), aliveIntervalMs)
    void work(ongoing)
      .catch(async (error: unknown) => failureOf(id, await folder.explain(error), folder.isOver()))
      .then((answer) => {
        calls.delete(id)
        if (calls.size === 0) {
          clearInterval(beat)
          beat = undefined
        }
        return tell(answer)
      })
  }

  async function put({ id, name, size }: Extract<Call, { call: 'put' }>, ongoing: Ongoing): Promise<Answer> {
    const open = (): AsyncIterable<Uint8Array> => takeBody(id, ongoing.body)
    try {
      await destination.put(name, size === undefined ? { open } : { size, open }, ongoing.stop.signal)
      return { answer: 'done', id }
    } finally {
      for (const chunk of ongoing.body.drain()) toWrite.giveBack(chunk)
    }
  }

  async function* takeBody(id: number, body: Inbox<Uint8Array>): AsyncGenerator<Uint8Array> {
    for (let chunk = await body.next(); chunk !== undefined; chunk = await body.next()) {
      try {
        yield chunk
      } finally {
        // Whoever comes back has written it, or will not.
        toWrite.giveBack(chunk)
      }
      void tell({ answer: 'took', id, bytes: chunk.length })
    }
  }

  async function get(call: Extract<Call, { call: 'get' }>, { stop, credit }: Ongoing): Promise<Answer> {
    const { id, name, offset, length: wanted } = call
    const range = offset === undefined || wanted === undefined ? undefined : { offset, length: wanted }
    await using object = await folder.open(name, range)
    const { offset: from, length } = object.range
    for (let done = 0; done < length; ) {
      if (call.credit > 0) await credit.next()
      const slice = await toRead.take()
      try {
        stop.signal.throwIfAborted()
        const part = slice.subarray(0, length - done)
        await object.read(part, from + done)
        done += part.length
        void tell({ answer: 'data', id }, part).then(() => {
          toRead.giveBack(slice)
        })
      } catch (error) {
        toRead.giveBack(slice)
        throw error
      }
    }
    return { answer: 'done', id }
  }

  async function list(
    { id, prefix }: Extract<Call, { call: 'list' }>,
    { stop, credit }: Ongoing,
  ): Promise<Answer> {
    let entries: ObjectInfo[] = []
    let sent = performance.now()
    const send = async (): Promise<void> => {
      if (entries.length === 0) return
      await credit.next()
      void tell({ answer: 'entries', id }, encodeEntries(entries))
      entries = []
      sent = performance.now()
    }
    for await (const entry of destination.list(prefix, stop.signal)) {
      entries.push(entry)
      if (entries.length >= mostEntries || performance.now() - sent > listingIntervalMs) await send()
    }
    await send()
    return { answer: 'done', id }
  }

  async function flush(id: number, { stop }: Ongoing): Promise<Answer> {
    flushes.add(id)
    try {
      await destination.flush(stop.signal)
      return { answer: 'done', id }
    } finally {
      flushes.delete(id)
    }
  }

  return {
    parse: parseCall,
    memoryFor: ({ call }, bytes) =>
      (call === 'bytes' && bytes >= smallBytes ? toWrite.takeFree()?.subarray(0, bytes) : undefined) ??
      Buffer.allocUnsafeSlow(bytes),
    receive(call, payload) {
      const { id } = call
      const ongoing = calls.get(id)
      switch (call.call) {
        case 'put':
          begin(id, 0, (own) => put(call, own))
          break
        case 'bytes':
          if (payload === undefined) break
          // One that failed takes no more.
          if (ongoing === undefined) toWrite.giveBack(payload)
          else ongoing.body.put(payload)
          break
        case 'end':
          ongoing?.body.end()
          break
        case 'get':
          begin(id, call.credit, (own) => get(call, own))
          break
        case 'list':
          begin(id, call.credit, (own) => list(call, own))
          break
        case 'more':
          ongoing?.credit.put(true)
          break
        case 'remove':
          begin(id, 0, async ({ stop }) => {
            await destination.remove(call.name, stop.signal)
            return { answer: 'done', id }
          })
          break
        case 'flush':
          begin(id, 0, (own) => flush(id, own))
          break
        case 'space':
          begin(id, 0, async ({ stop }) => ({
            answer: 'measured',
            id,
            ...(await destination.space(stop.signal)),
          }))
          break
        case 'stop':
          stop(ongoing)
          break
        case 'unflushed':
          if (payload !== undefined) folder.addUnflushed(decodeUnflushed(payload))
          break
      }
    },
    isIdle: () => calls.size === 0,
    onSynced() {
      for (const id of flushes) void tell({ answer: 'going-on', id })
    },
  }
}

function stop(ongoing: Ongoing | undefined): void {
  if (ongoing === undefined) return
  const reason = new RedomaError('CANCELLED', 'the call was stopped')
  ongoing.stop.abort(reason)
  ongoing.body.fail(reason)
  ongoing.credit.fail(reason)
}

function failureOf(id: number, error: unknown, over: boolean): Answer {
  const { code, hint } = error instanceof RedomaError ? error : { code: 'INTERNAL' as const, hint: undefined }
  const message = messageOf(error).slice(0, longestText)
  return { answer: 'failed', id, code, message, hint: hint?.slice(0, longestText), over }
}
