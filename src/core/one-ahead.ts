/**
 * The same items in the same order, each asked for while the reader is still busy with the one before: so that one is
 * encrypted while another is being written. Items must stay good for that long.
 */
export async function* oneAhead<T>(source: AsyncIterable<T>): AsyncGenerator<T> {
  const iterator = source[Symbol.asyncIterator]()
  try {
    let coming = ask(iterator)
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
  const coming = iterator.next()
  // It is awaited in its turn, or never when the reader stops: then its failure is nobody's.
  coming.catch(() => undefined)
  return coming
}
