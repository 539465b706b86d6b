import { wait } from '../../src/core/wait.ts'

/** What `ask` says, once it says something. Fails after a quarter of a minute, or what else it may take on a busy machine. */
export async function until<T>(
  what: string,
  ask: () => Promise<T | undefined>,
  patienceMs = 15_000,
): Promise<T> {
  const late = AbortSignal.timeout(patienceMs)
  for (;;) {
    const answer = await ask()
    if (answer !== undefined) return answer
    if (late.aborted) throw new Error(`it never came to pass: ${what}`)
    await wait(20, new AbortController().signal)
  }
}
