import { randomBytes } from 'node:crypto'
import { beforeEach, describe, expect, test } from 'vitest'
import { destinationPromises, type TestPlace } from '../../src/app/destination-promises.ts'
import { collectBytes } from '../../src/core/bytes.ts'
import { isRedomaError } from '../../src/core/errors.ts'
import {
  bodyOf,
  type Destination,
  measuresSpace,
  parseObjectName,
  readsInto,
} from '../../src/ports/destination.ts'

const { signal } = new AbortController()

/**
 * Holds an adapter to every promise of the port. `make` gives an empty destination each time; the promises that a
 * customer's own share can be held to are shared with `redoma destination test`.
 */
export function testDestination(
  kind: string,
  make: () => Promise<Destination>,
  { capitalsDiffer } = { capitalsDiffer: true },
): void {
  describe(`a ${kind} destination`, () => {
    let destination: Destination
    let place: TestPlace
    beforeEach(async () => {
      destination = await make()
      place = { destination, prefix: 'redoma-test-0/', signal }
    })

    for (const promise of destinationPromises) test(promise.title, () => promise.hold(place))

    test.runIf(capitalsDiffer)('capital and small letters make different names', async () => {
      for (const name of ['letter', 'LETTER']) await put(destination, name, name)

      expect(await names(destination, '')).toEqual(['LETTER', 'letter'])
      expect(await text(destination, 'letter')).toBe('letter')
    })

    test('all objects are listed by the empty prefix, and by a prefix that is not a folder', async () => {
      for (const name of ['top', 'data/aa/x', 'data/ab/y', 'database']) await put(destination, name, 'x')

      expect(await names(destination, '')).toEqual(['data/aa/x', 'data/ab/y', 'database', 'top'])
      expect(await names(destination, 'data')).toEqual(['data/aa/x', 'data/ab/y', 'database'])
      expect(await names(destination, 'data/a')).toEqual(['data/aa/x', 'data/ab/y'])
      expect(await names(destination, 'to')).toEqual(['top'])
    })

    test('a body is opened again by a put that follows a failed one', async () => {
      let opened = 0
      const body = {
        async *open() {
          yield Buffer.from('begin')
          if (++opened === 1) throw new Error('the source hiccuped')
          yield Buffer.from('-end')
        },
      }
      const name = parseObjectName('again')

      await expect(destination.put(name, body, signal)).rejects.toThrow('the source hiccuped')
      expect(await names(destination, '')).toEqual([])
      await destination.put(name, body, signal)
      expect(await text(destination, 'again')).toBe('begin-end')
    })

    test('a failed put leaves the object that was there', async () => {
      await put(destination, 'kept', 'the old one')
      const body = {
        async *open() {
          yield Buffer.from('the new')
          throw new Error('no more')
        },
      }

      await expect(destination.put(parseObjectName('kept'), body, signal)).rejects.toThrow('no more')
      expect(await text(destination, 'kept')).toBe('the old one')
    })

    test('a put that was stopped before it began writes nothing', async () => {
      const put = destination.put(parseObjectName('never'), bodyOf(Buffer.from('x')), AbortSignal.abort())

      await expect(put).rejects.toThrow()
      expect(await names(destination, '')).toEqual([])
    })

    test('a body of another length than it says is refused', async () => {
      const body = { ...bodyOf(Buffer.from('short')), size: 6 }

      await expect(destination.put(parseObjectName('cut'), body, signal)).rejects.toSatisfy(isDamaged)
      expect(await names(destination, '')).toEqual([])
    })

    test('an object of 40 MiB comes back the same, whole and in parts', async () => {
      const bytes = randomBytes(40 * 1024 * 1024)
      const name = parseObjectName('large')
      await destination.put(name, bodyOf(bytes), signal)

      const whole = await collectBytes(destination.get(name, undefined, signal), bytes.length)
      const range = { offset: 39 * 1024 * 1024 - 7, length: 1024 * 1024 + 7 }
      const part = await collectBytes(destination.get(name, range, signal), range.length)
      expect(Buffer.compare(whole, bytes)).toBe(0)
      expect(Buffer.compare(part, bytes.subarray(range.offset))).toBe(0)
    })

    test('fifty puts, readers and removals at once do not disturb each other', async () => {
      const numbers = Array.from({ length: 50 }, (_, index) => index)
      await Promise.all(
        numbers.map(async (n) => {
          await put(destination, `folder/${n % 3}/${n}`, `body ${n}`)
          expect(await text(destination, `folder/${n % 3}/${n}`)).toBe(`body ${n}`)
          if (n % 2 === 0) await destination.remove(parseObjectName(`folder/${n % 3}/${n}`), signal)
        }),
      )

      await destination.flush(signal)
      expect(await names(destination, 'folder/')).toHaveLength(25)
    })

    test('reading into memory, where it can be, fills all of it or fails', async () => {
      if (!readsInto(destination)) return
      await put(destination, 'a/b', 'content')
      const out = new Uint8Array(4)

      await destination.readInto(parseObjectName('a/b'), 2, out, signal)
      expect(Buffer.from(out).toString()).toBe('nten')
      await expect(destination.readInto(parseObjectName('a/b'), 4, out, signal)).rejects.toSatisfy(isDamaged)
      await expect(destination.readInto(parseObjectName('a/c'), 0, out, signal)).rejects.toSatisfy((error) =>
        isRedomaError(error, 'OBJECT_NOT_FOUND'),
      )
    })

    test('space, where it is known, is less free than in total', async () => {
      if (!measuresSpace(destination)) return
      const { freeBytes, totalBytes } = await destination.space(signal)

      expect(freeBytes).toBeGreaterThan(0)
      expect(totalBytes).toBeGreaterThanOrEqual(freeBytes)
    })
  })
}

function isDamaged(error: unknown): boolean {
  return isRedomaError(error, 'DATA_DAMAGED')
}

function put(destination: Destination, name: string, body: string): Promise<void> {
  return destination.put(parseObjectName(name), bodyOf(Buffer.from(body)), signal)
}

async function text(destination: Destination, name: string): Promise<string> {
  const bytes = await collectBytes(destination.get(parseObjectName(name), undefined, signal), 1000)
  return Buffer.from(bytes).toString()
}

async function names(destination: Destination, prefix: string): Promise<string[]> {
  return (await Array.fromAsync(destination.list(prefix, signal), (info) => info.name)).toSorted()
}
