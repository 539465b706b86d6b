/** Runs one piece of work at a time, in the order in which they were asked for; `signal` is handed to each. */
export function makeInTurn(
  signal: AbortSignal,
): (work: (signal: AbortSignal) => Promise<void>) => Promise<void> {
  let last: Promise<void> = Promise.resolve()
  return (work) => {
    const done = last.then(async () => {
      signal.throwIfAborted()
      await work(signal)
    })
    last = done.catch(() => undefined)
    return done
  }
}
