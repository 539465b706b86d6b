import { RedomaError } from '../../core/errors.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Destination, MeasuresSpace, ReadsInto } from '../../ports/destination.ts'
import { type Child, type NodeProgram, startChild } from './child.ts'
import { type Conversation, converse } from './conversation.ts'
import { makeGate } from './gate.ts'
import { getThrough, listThrough, readThrough, settle } from './get-through.ts'
import type { Expectation } from './held-root.ts'
import { putThrough } from './put-through.ts'
import { makeUnflushed } from './unflushed.ts'
import { within } from './within.ts'

export interface InChildOptions {
  readonly expected: Expectation
  readonly node: NodeProgram
  readonly clock: Clock
  /** How long a call may make no progress before its process is given up. */
  readonly patienceMs?: number
  /** How many processes that were given up, and still hang, there may be: each holds what it hangs on. */
  readonly mostGivenUp?: number
}

const defaults = { patienceMs: 60_000, mostGivenUp: 3 }
/** Two slices each; the others wait, and take no memory. */
const putsAtOnce = 8
/** A put that is broken off is waited for so long, to leave nothing. */
const graceMs = 10_000
const closingMs = 2000
/** What is asked for as a part comes whole up to here: packs are 16 MiB. */
const wholeRangeBytes = 32 * 1024 * 1024

interface Talk {
  readonly child: Child
  readonly conversation: Conversation
}

/**
 * A folder whose file system may hang (CIFS, NFS, FUSE): a child process works on it, which is given up when it makes no progress. The next
 * call starts another one, and so it does when one died. It ends with this process, however that ends.
 *
 * @returns a destination that also throws `DESTINATION_UNREACHABLE` from all its calls, when the file system hangs, or is not mounted
 */
export function inChildDestination(
  options: InChildOptions,
): Destination & MeasuresSpace & ReadsInto & AsyncDisposable {
  const { expected, node, clock } = options
  const { patienceMs, mostGivenUp } = { ...defaults, ...options }
  const { path } = expected
  const unflushed = makeUnflushed()
  const puts = makeGate(putsAtOnce)
  /** All that have not ended, but for those that were given up. */
  const talks = new Set<Talk>()
  const givenUp = new Set<Child>()
  let current: Conversation | undefined
  let isClosed = false

  function conversation(): Conversation {
    if (isClosed) throw new RedomaError('DESTINATION_UNREACHABLE', `${path} was closed`)
    if (current?.isOpen() !== true) current = start()
    return current
  }

  function start(): Conversation {
    if (givenUp.size >= mostGivenUp) {
      throw new RedomaError(
        'DESTINATION_UNREACHABLE',
        `${givenUp.size} processes hang in calls on ${path}, and another one is not risked`,
        { hint: 'Unmount it by force (umount -f, or -l), or bring its server back: then they end.' },
      )
    }
    const child = startChild(node, { expected, startedMs: clock.now().getTime() })
    const giveUp = (): void => {
      givenUp.add(child)
      child.kill()
    }
    const started = converse(child, { patienceMs, what: path, giveUp })
    const talk = { child, conversation: started }
    talks.add(talk)
    void child.ended.then(() => {
      talks.delete(talk)
      givenUp.delete(child)
    })
    for (const payload of unflushed.encode()) started.tell({ call: 'unflushed', id: 0 }, payload)
    return started
  }

  const destination: Destination & MeasuresSpace & ReadsInto = {
    async put(name, body, signal) {
      signal.throwIfAborted()
      const leave = await puts.enter(signal)
      try {
        await putThrough(conversation(), name, body, signal, graceMs)
        unflushed.touch(name)
      } finally {
        leave()
      }
    },
    async *get(name, range, signal) {
      signal.throwIfAborted()
      if (range === undefined || range.length > wholeRangeBytes) {
        yield* getThrough(conversation(), name, range, signal)
        return
      }
      const out = Buffer.allocUnsafeSlow(range.length)
      await destination.readInto(name, range.offset, out, signal)
      if (out.length > 0) yield out
    },
    async readInto(name, offset, out, signal) {
      signal.throwIfAborted()
      await readThrough(conversation(), name, offset, out, signal)
    },
    async *list(prefix, signal) {
      yield* listThrough(conversation(), prefix, signal)
    },
    async remove(name, signal) {
      signal.throwIfAborted()
      const doing = `removing ${name}`
      await settle(
        conversation().begin({ doing }, (id) => ({ call: 'remove', id, name })),
        signal,
      )
      unflushed.touch(name)
    },
    async flush(signal) {
      signal.throwIfAborted()
      const talk = conversation()
      const flushed = unflushed.flushing()
      await settle(
        talk.begin({ doing: 'syncing folders' }, (id) => ({ call: 'flush', id })),
        signal,
      )
      flushed()
    },
    async space(signal) {
      const answer = await settle(
        conversation().begin({ doing: 'measuring' }, (id) => ({ call: 'space', id })),
        signal,
      )
      if (answer.answer === 'measured') return answer
      throw new RedomaError('INTERNAL', 'the free space was asked for, and not told')
    },
  }
  return {
    ...destination,
    async [Symbol.asyncDispose]() {
      isClosed = true
      await Promise.all([...talks].filter(({ child }) => !givenUp.has(child)).map(end))
    },
  }

  async function end({ child, conversation: talk }: Talk): Promise<void> {
    talk.breakOff(new RedomaError('DESTINATION_UNREACHABLE', `${path} was closed`))
    if (await within(child.ended, closingMs)) return
    child.kill()
    await within(child.ended, closingMs)
  }
}
