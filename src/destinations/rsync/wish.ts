import type { FileHandle } from 'node:fs/promises'

/** Somebody who waits for an object. */
export interface Wish {
  /** Whether more parts of it may be wanted soon. */
  readonly keep: boolean
  readonly signal: AbortSignal
  resolve(file: FileHandle): void
  reject(error: Error): void
}

/** `promise` is kept with the file, open; it is broken at once when `signal` is aborted. */
export function makeWish(
  keep: boolean,
  signal: AbortSignal,
): { readonly wish: Wish; readonly promise: Promise<FileHandle> } {
  const { promise, resolve, reject } = Promise.withResolvers<FileHandle>()
  const abort = (): void => {
    reject(signal.reason as Error)
  }
  const done = (): void => {
    signal.removeEventListener('abort', abort)
  }
  if (signal.aborted) abort()
  else signal.addEventListener('abort', abort, { once: true })
  const wish: Wish = {
    keep,
    signal,
    resolve(file) {
      done()
      // Nobody takes it any more.
      if (signal.aborted) file.close().catch(() => undefined)
      resolve(file)
    },
    reject(error) {
      done()
      reject(error)
    },
  }
  return { wish, promise }
}

/** Returns what ends the watching. */
export function stopWhenAllAreGone(
  wishes: readonly Pick<Wish, 'signal'>[],
  stop: AbortController,
): () => void {
  const look = (): void => {
    if (wishes.every((wish) => wish.signal.aborted)) stop.abort()
  }
  for (const { signal } of wishes) signal.addEventListener('abort', look)
  return () => {
    for (const { signal } of wishes) signal.removeEventListener('abort', look)
  }
}
