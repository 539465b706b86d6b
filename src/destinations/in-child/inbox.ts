/** What comes in on one side and is waited for on the other. */
export interface Inbox<T> {
  put(item: T): void
  /** No more comes. */
  end(): void
  /** What is waited for is broken; what is there already is given no more. */
  readonly fail: (error: unknown) => void
  /** `undefined` at the end. One waits at a time. */
  next(): Promise<T | undefined>
  /** What came in and was not taken. */
  drain(): T[]
}

export function makeInbox<T>(): Inbox<T> {
  const items: T[] = []
  let ended = false
  let failure: { readonly error: unknown } | undefined
  let wake = (): void => undefined
  return {
    put(item) {
      items.push(item)
      wake()
    },
    end() {
      ended = true
      wake()
    },
    fail(error) {
      failure ??= { error }
      wake()
    },
    drain: () => items.splice(0),
    async next() {
      for (;;) {
        if (failure !== undefined) throw failure.error
        const item = items.shift()
        if (item !== undefined || ended) return item
        await new Promise<void>((resolve) => {
          wake = resolve
        })
      }
    },
  }
}
