import { expect, test } from 'vitest'
import { collectBytes } from '../core/bytes.ts'
import { bodyOf, parseObjectName } from '../ports/destination.ts'
import { memoryDestination } from './memory.ts'
import { withFigures } from './with-figures.ts'

const { signal } = new AbortController()
const name = parseObjectName('object')

test('counts what goes and comes, how long it took, and what failed', async () => {
  let now = 0
  const { destination, figures } = withFigures(memoryDestination(), () => now)
  const slowly = {
    async *open() {
      yield new Uint8Array(600)
      now += 1000
      yield new Uint8Array(400)
    },
  }
  // At once: the time counts once.
  await Promise.all([
    destination.put(name, slowly, signal),
    destination.put(parseObjectName('b'), slowly, signal),
  ])
  now += 5000
  await destination.flush(signal)
  await collectBytes(destination.get(name, { offset: 0, length: 10 }, signal), 10)
  await Array.fromAsync(destination.list('', signal))
  await destination.remove(name, signal)
  await expect(collectBytes(destination.get(name, undefined, signal), 10)).rejects.toThrow()
  const stopped = destination.put(name, bodyOf(new Uint8Array(1)), AbortSignal.abort())
  await expect(stopped).rejects.toThrow()

  expect(figures()).toEqual({
    puts: 3,
    bytesUp: 2000,
    upMs: 2000,
    gets: 2,
    bytesDown: 10,
    downMs: 0,
    lists: 1,
    removals: 1,
    flushes: 1,
    failures: { OBJECT_NOT_FOUND: 1 },
  })
})
