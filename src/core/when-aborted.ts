/** A promise that a signal breaks with its reason; dispose of it when nobody waits any more. */
export function whenAborted(signal: AbortSignal): Disposable & { readonly promise: Promise<never> } {
  const { promise, reject } = Promise.withResolvers<never>()
  promise.catch(() => undefined) // Whoever waits looks at it.
  const abort = (): void => {
    reject(signal.reason)
  }
  if (signal.aborted) abort()
  else signal.addEventListener('abort', abort, { once: true })
  return {
    promise,
    [Symbol.dispose]: () => {
      signal.removeEventListener('abort', abort)
    },
  }
}
