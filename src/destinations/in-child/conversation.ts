import { messageOf, RedomaError } from '../../core/errors.ts'
import { type Channel, sendOn } from './channel.ts'
import type { Child } from './child.ts'
import { makeFrameReader } from './frames.ts'
import { type Answer, type Call, parseAnswer } from './messages.ts'

/** How a call takes what comes before its end. */
export interface Listener {
  /** In words: `writing data/ab/…`. */
  readonly doing: string
  /** Memory of just so many bytes, for a payload that comes. Without it, none may come. */
  readonly memoryFor?: (bytes: number) => Uint8Array
  readonly hear?: (answer: Answer, payload: Uint8Array | undefined) => void
}

/** One call, and what is said of it. */
export interface Exchange {
  readonly id: number
  send(call: Call, payload?: Uint8Array): Promise<void>
  /** The last answer; broken when the call failed, or the child did. */
  readonly settled: Promise<Answer>
  isSettled(): boolean
  /** While nothing is due from the child, it is not late. */
  setDue(isDue: boolean): void
  /** Nobody waits for an answer any more. */
  leave(): void
}

/** All that is said to one child process and by it. */
export interface Conversation {
  begin(listener: Listener, call: (id: number) => Call): Exchange
  /** Sends what is answered by nothing. */
  tell(call: Call, payload: Uint8Array): void
  /** Another call may begin. */
  isOpen(): boolean
  /** No call begins any more; the child ends with the last that is under way. */
  close(): void
  /** What is under way fails with this. */
  breakOff(error: RedomaError): void
}

interface Ongoing extends Listener {
  readonly resolve: (answer: Answer) => void
  readonly reject: (error: RedomaError) => void
  isDue: boolean
  /** Since it got on last. */
  quietTicks: number
}

export interface Patience {
  /** How long a call may make no progress. */
  readonly patienceMs: number
  /** In words for messages: what the child works on. */
  readonly what: string
  /** The child is not waited for any longer. */
  readonly giveUp: (error: RedomaError) => void
}

/**
 * Time is counted in turns of the event loop, not by the clock: a process that was stopped, or a machine that slept, would find everybody
 * late.
 */
const ticksOfPatience = 10
/** For Node.js to start, on a machine that has much else to do. */
const startingMs = 30_000

export function converse(child: Child, { patienceMs, what, giveUp }: Patience): Conversation {
  const { socket } = child
  const channel: Channel<Call> = { send: (call, payload) => sendOn(socket, call, payload) }
  const calls = new Map<number, Ongoing>()
  const tickMs = Math.max(1, patienceMs / ticksOfPatience)
  let lastId = 0
  let open = true
  let hasSpoken = false
  let silentTicks = 0
  let timer: NodeJS.Timeout | undefined

  const reader = makeFrameReader<Answer>({
    parse: parseAnswer,
    memoryFor({ id }, bytes) {
      const call = calls.get(id)
      // Of one that nobody waits for.
      if (call === undefined) return new Uint8Array(bytes)
      if (call.memoryFor === undefined)
        throw new RedomaError('DATA_DAMAGED', 'bytes came that nobody asked for')
      return call.memoryFor(bytes)
    },
    receive(answer, payload) {
      const call = calls.get(answer.id)
      if (call === undefined) return
      call.quietTicks = 0
      if (answer.answer === 'done' || answer.answer === 'measured') {
        end(answer.id)
        call.resolve(answer)
      } else if (answer.answer === 'failed') {
        if (answer.over) close()
        end(answer.id)
        call.reject(new RedomaError(answer.code, answer.message, { hint: answer.hint }))
      } else call.hear?.(answer, payload)
    },
  })

  socket.on('data', (piece: Buffer) => {
    hasSpoken = true
    silentTicks = 0
    try {
      reader.read(piece)
    } catch (error) {
      child.kill()
      breakOff(
        new RedomaError('DESTINATION_FAILED', `${what}: ${messageOf(error)}`, {
          hint: faultHint,
          cause: error,
        }),
      )
    }
  })
  void child.ended.then((how) => {
    breakOff(
      new RedomaError('DESTINATION_UNREACHABLE', `the process that works on ${what} ${how}`, {
        hint: deathHint,
      }),
    )
  })

  function tick(): void {
    silentTicks++
    const limit = ticksOfPatience + (hasSpoken ? 0 : Math.ceil(startingMs / tickMs))
    for (const call of calls.values()) {
      call.quietTicks = call.isDue ? call.quietTicks + 1 : 0
      if (call.quietTicks < limit) continue
      giveUpOn(call)
      return
    }
  }

  function giveUpOn({ doing }: Ongoing): void {
    const seconds = `${Math.round(patienceMs / 100) / 10} s`
    const error =
      silentTicks < ticksOfPatience
        ? new RedomaError('DESTINATION_UNREACHABLE', `${what} has not answered for ${seconds} (${doing})`, {
            hint: 'Is its server up, and the way to it? Calls that hang are given up; the mount may need to be made anew.',
          })
        : new RedomaError(
            'DESTINATION_UNREACHABLE',
            `the process that works on ${what} has not run for ${seconds}`,
            {
              hint: 'Is it stopped, or the machine overloaded?',
            },
          )
    giveUp(error)
    breakOff(error)
  }

  /** This process may end while nothing is under way, and must not while something is. */
  function attend(): void {
    if (calls.size === 0) {
      clearInterval(timer)
      timer = undefined
      socket.unref()
      if (!open) socket.end()
    } else if (timer === undefined) {
      timer = setInterval(tick, tickMs)
      socket.ref()
    }
  }

  function end(id: number): void {
    calls.delete(id)
    attend()
  }

  function close(): void {
    open = false
    attend()
  }

  function breakOff(error: RedomaError): void {
    for (const call of calls.values()) call.reject(error)
    calls.clear()
    close()
  }

  attend()
  return {
    begin(listener, call) {
      const id = ++lastId
      const { promise: settled, resolve, reject } = Promise.withResolvers<Answer>()
      settled.catch(() => undefined) // Whoever waits looks at it.
      const ongoing: Ongoing = { ...listener, resolve, reject, isDue: true, quietTicks: 0 }
      calls.set(id, ongoing)
      attend()
      void channel.send(call(id))
      return {
        id,
        settled,
        send: (more, payload) => channel.send(more, payload),
        isSettled: () => !calls.has(id),
        setDue(isDue) {
          if (isDue !== ongoing.isDue) ongoing.quietTicks = 0
          ongoing.isDue = isDue
        },
        leave() {
          if (!calls.has(id)) return
          void channel.send({ call: 'stop', id })
          reader.divert((answer) => answer.id === id)
          end(id)
        },
      }
    },
    tell: (call, payload) => void channel.send(call, payload),
    isOpen: () => open && !child.hasEnded(),
    close,
    breakOff,
  }
}

const faultHint = 'This is a fault of Redoma’s own; please report it.'
const deathHint = 'Look in the kernel’s log whether memory ran out. The next call starts it anew.'
