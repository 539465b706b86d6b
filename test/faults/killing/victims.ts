import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { watch } from 'node:fs'
import { createInterface } from 'node:readline'
import type { Death, Outcome } from './deaths.ts'
import type { Task } from './tasks.ts'
import type { Done, Order } from './victim.ts'

const program = new URL('./victim.ts', import.meta.url).pathname

export interface Victims extends Disposable {
  send(at: string, task: Task, death: Death): Promise<Outcome>
}

/** Processes to be killed, which share a folder of compiled code: most of their lives would else go into compiling. The next one is started while one works, as that takes longer than what it does. */
export function makeVictims(cache: string): Victims {
  let current = startVictim(cache)
  let next = startVictim(cache)
  return {
    async send(at, task, death) {
      const outcome = await work(current, at, task, death)
      if (outcome.killed) {
        current = next
        next = startVictim(cache)
      }
      return outcome
    },
    [Symbol.dispose]: () => {
      for (const { child } of [current, next]) child.kill('SIGKILL')
    },
  }
}

interface Victim {
  readonly child: ChildProcess
  /** Done when the process has ended, and been buried: only then is it seen to be dead. */
  readonly closed: Promise<undefined>
  /** What it says next; `undefined` when it dies before. */
  readonly next: () => Promise<unknown>
}

function startVictim(cache: string): Victim {
  const env = { ...process.env, NODE_COMPILE_CACHE: cache }
  const child = spawn(process.execPath, [program], { stdio: ['pipe', 'pipe', 'inherit'], env })
  const closed = once(child, 'close').then(() => undefined)
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const next = async (): Promise<unknown> => {
    const line = await lines.next()
    return line.done === true ? undefined : JSON.parse(line.value)
  }
  return { child, closed, next }
}

async function work({ child, closed, next }: Victim, at: string, task: Task, death: Death): Promise<Outcome> {
  if ((await next()) !== 'ready') throw new Error('the program to be killed did not start')
  const order: Order = { at, task, ...(death.kind === 'at a change' ? death : { dieAt: 0, moment: 'after' }) }
  using stack = new DisposableStack()
  stack.use(executionerOf(child, death))
  const startedAt = performance.now()
  child.stdin?.write(`${JSON.stringify(order)}\n`)
  const done = (await next()) as Done | undefined
  const tookMs = performance.now() - startedAt
  const killed = done === undefined || child.killed
  if (killed) await closed
  if (killed && child.signalCode !== 'SIGKILL') throw new Error(`the ${task.kind} failed by itself`)
  return { killed, done, tookMs }
}

/** Kills from outside, at the time that was chosen. */
function executionerOf(child: ChildProcess, death: Death): Disposable {
  const kill = (): void => {
    child.kill('SIGKILL')
  }
  switch (death.kind) {
    case 'at a change':
    case 'none':
      return { [Symbol.dispose]: () => undefined }
    case 'in time': {
      const timer = setTimeout(kill, death.afterMs)
      return {
        [Symbol.dispose]: () => {
          clearTimeout(timer)
        },
      }
    }
    case 'in the target': {
      const seen = new Set<string>()
      const watcher = watch(death.target, (_, name) => {
        if (name?.startsWith('.redoma-') === false) seen.add(name)
        if (seen.size >= death.files) kill()
      })
      return {
        [Symbol.dispose]: () => {
          watcher.close()
        },
      }
    }
  }
}
