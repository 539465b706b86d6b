import { setTimeout } from 'node:timers/promises'

/** Kept after so many milliseconds; broken by the signal, with its reason. */
export async function wait(milliseconds: number, signal: AbortSignal): Promise<void> {
  await setTimeout(milliseconds, undefined, { signal }).catch(() => {
    signal.throwIfAborted()
  })
}
