import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { wait } from '../../../src/core/wait.ts'

const run = promisify(execFile)

/** Gives what it prints. */
export async function call(program: string, ...words: string[]): Promise<string> {
  return (await run(program, words)).stdout
}

/**
 * Asks again and again until the answer is yes.
 *
 * @param ask whether it is so, or what is seen instead
 */
export async function until(
  what: string,
  ask: () => Promise<boolean | { readonly instead: string }>,
): Promise<void> {
  // Its one processor is a share of what the machine has left, which may be little.
  const timer = AbortSignal.timeout(300_000)
  for (;;) {
    const answer = await ask()
    if (answer === true) return
    const seen = answer === false ? '' : `, but ${answer.instead}`
    if (timer.aborted) throw new Error(`${what}: not within five minutes${seen}`)
    await wait(50, AbortSignal.any([]))
  }
}

/** For `until`: yes when it does not fail, else how it fails. */
export async function succeeds(work: () => Promise<unknown>): Promise<true | { readonly instead: string }> {
  try {
    await work()
    return true
  } catch (error) {
    return { instead: String(error) }
  }
}
