import { whenAborted } from '../../core/when-aborted.ts'
import { startThread, type Thread } from './thread.ts'

/** Messages that a thread has at once: the one it works on, and the next. */
const messagesAhead = 2

/** Threads of one program that share the work: whoever has least gets the next message, and each message has one answer. */
export interface Lanes<ToThread, FromThread> extends AsyncDisposable {
  /** Waits until a thread takes the message; `done` is called when it is through. */
  submit(message: ToThread, done: (answer: FromThread) => void): Promise<void>
  /** The answer to a message. */
  ask(message: ToThread): Promise<FromThread>
  /** Waits until all that was submitted is done. */
  idle(): Promise<void>
}

interface Lane<ToThread, FromThread> {
  readonly thread: Thread<ToThread, FromThread>
  readonly done: ((answer: FromThread) => void)[]
}

/** @param setup what each thread is born with; every promise of the lanes is broken when one fails, or by `signal` */
export function startLanes<ToThread, FromThread>(
  program: URL,
  setup: object,
  count: number,
  signal: AbortSignal,
): Lanes<ToThread, FromThread> {
  const lanes: Lane<ToThread, FromThread>[] = Array.from({ length: count }, () => ({
    thread: startThread<ToThread, FromThread>(program, setup),
    done: [],
  }))
  const aborted = whenAborted(signal)
  const failure = Promise.race([...lanes.map(({ thread }) => thread.failure), aborted.promise])
  failure.catch(() => undefined) // Whoever waits for work looks at it.
  let answered = Promise.withResolvers<undefined>()

  for (const lane of lanes) {
    lane.thread.onMessage = (answer) => {
      lane.done.shift()?.(answer)
      answered.resolve(undefined)
      answered = Promise.withResolvers<undefined>()
    }
  }

  async function until(condition: () => boolean): Promise<void> {
    while (!condition()) await Promise.race([answered.promise, failure])
  }

  async function submit(message: ToThread, done: (answer: FromThread) => void): Promise<void> {
    await until(() => lanes.some((lane) => lane.done.length < messagesAhead))
    const lane = lanes.reduce((least, other) => (other.done.length < least.done.length ? other : least))
    lane.done.push(done)
    lane.thread.send(message)
  }

  return {
    submit,
    async ask(message) {
      const { promise, resolve } = Promise.withResolvers<FromThread>()
      await submit(message, resolve)
      return Promise.race([promise, failure])
    },
    idle: () => until(() => lanes.every((lane) => lane.done.length === 0)),
    async [Symbol.asyncDispose]() {
      aborted[Symbol.dispose]()
      await Promise.all(lanes.map(({ thread }) => thread.stop()))
    },
  }
}
