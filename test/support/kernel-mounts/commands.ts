import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { wait } from '../../../src/core/wait.ts'

const run = promisify(execFile)

/** Gives what it prints. */
export async function call(program: string, ...words: string[]): Promise<string> {
  return (await run(program, words)).stdout
}

/** Asks again and again until the answer is yes. */
export async function until(what: string, ask: () => Promise<boolean>): Promise<void> {
  const timer = AbortSignal.timeout(60_000)
  while (!(await ask())) {
    if (timer.aborted) throw new Error(`${what}: not within a minute`)
    await wait(50, AbortSignal.any([]))
  }
}
