export type Settled<T> =
  | { readonly kind: 'done'; readonly value: T }
  | { readonly kind: 'failed'; readonly error: unknown }

/** Failures become values, except being told to stop. */
export async function settle<T>(work: () => Promise<T>, signal: AbortSignal): Promise<Settled<T>> {
  try {
    return { kind: 'done', value: await work() }
  } catch (error) {
    signal.throwIfAborted()
    return { kind: 'failed', error }
  }
}
