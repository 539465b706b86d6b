import { nextTurn } from './next-turn.ts'

/**
 * The same items in the same order, each asked for while the reader is still busy with the one before: so that one is
 * encrypted while another is being written. Items must stay good for that long.
 *
 * The reader begins first. Else the next item would be made before the writing of this one has begun, which then waits for
 * nothing but itself: one after the other, a third more time for sealing a large file.
 */
export async function* oneAhead<T>(source: AsyncIterable<T>): AsyncGenerator<T> {
  const iterator = source[Symbol.asyncIterator]()
  try {
    let coming = iterator.next()
    for (;;) {
      const item = await coming
      if (item.done === true) return
      coming = ask(iterator)
      yield item.value
    }
  } finally {
    await iterator.return?.()
  }
}

function ask<T>(iterator: AsyncIterator<T>): Promise<IteratorResult<T>> {
  const coming = nextTurn().then(() => iterator.next())
  // It is awaited in its turn, or never when the reader stops: then its failure is nobody's.
  coming.catch(() => undefined)
  return coming
}
