import { webcrypto } from 'node:crypto'

/*
 * What Node.js 18 and 20 lack of the language that the rest is written in: the opener that stands alone runs on them. Each is
 * as ECMA-262 has it, as far as it is used here, and left alone where it is there.
 */

fillIn(globalThis, 'crypto', webcrypto)
fillIn(
  globalThis,
  'AsyncDisposableStack',
  class {
    #closing: (() => unknown)[] = []

    use<T extends AsyncDisposable | Disposable>(resource: T): T {
      this.defer(async () => {
        if (Symbol.asyncDispose in resource) await resource[Symbol.asyncDispose]()
        else resource[Symbol.dispose]()
      })
      return resource
    }

    defer(close: () => unknown): void {
      this.#closing.push(close)
    }

    move(): object {
      const moved = new (this.constructor as new () => { defer(close: () => unknown): void })()
      for (const close of this.#closing.splice(0)) moved.defer(close)
      return moved
    }

    async disposeAsync(): Promise<void> {
      for (const close of this.#closing.splice(0).reverse()) await close()
    }

    [Symbol.asyncDispose](): Promise<void> {
      return this.disposeAsync()
    }
  },
)
fillIn(Promise, 'withResolvers', () => {
  let settle: object = {}
  const promise = new Promise((resolve, reject) => {
    settle = { resolve, reject }
  })
  return { promise, ...settle }
})
fillIn(Array, 'fromAsync', async (items: AsyncIterable<unknown>) => {
  const all: unknown[] = []
  for await (const item of items) all.push(item)
  return all
})
fillIn(Object, 'groupBy', <T>(items: Iterable<T>, keyOf: (item: T) => string) => {
  const groups: Record<string, T[]> = Object.create(null) as Record<string, T[]>
  for (const item of items) (groups[keyOf(item)] ??= []).push(item)
  return groups
})
fillIn(Map, 'groupBy', <T, K>(items: Iterable<T>, keyOf: (item: T) => K) => {
  const groups = new Map<K, T[]>()
  for (const item of items) groups.set(keyOf(item), [...(groups.get(keyOf(item)) ?? []), item])
  return groups
})
for (const prototype of [Array.prototype, Uint16Array.prototype]) {
  fillIn(prototype, 'with', function copyWith(this: unknown[] | Uint16Array, at: number, value: never) {
    const copy = this.slice()
    copy[at] = value
    return copy
  })
}
fillIn(Array.prototype, 'toSorted', function toSorted<T>(this: T[], order?: (a: T, b: T) => number) {
  return [...this].sort(order)
})
fillIn(Array.prototype, 'toReversed', function toReversed<T>(this: T[]) {
  return [...this].reverse()
})

function fillIn(place: object, name: string, value: unknown): void {
  if (name in place) return
  Object.defineProperty(place, name, { value, writable: true, configurable: true })
}
