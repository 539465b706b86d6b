import { describe, expect, test } from 'vitest'
import { collectBytes } from '../core/bytes.ts'
import { RedomaError } from '../core/errors.ts'
import {
  type ByteRange,
  bodyOf,
  type Destination,
  parseObjectName,
  type ReadsInto,
} from '../ports/destination.ts'
import { memoryDestination } from './memory.ts'
import { withSecondReading } from './second-reading.ts'

const { signal } = new AbortController()
const good = parseObjectName('good')
const bad = parseObjectName('bad')
const content = Buffer.from('what it holds')

/** Objects of the same content, and how often each cannot be read from now on; it breaks off after a byte. */
async function aDisk(names: readonly string[]): Promise<{
  readonly disk: Destination & ReadsInto
  readonly failures: Map<string, number>
}> {
  const memory = memoryDestination()
  for (const name of names) await memory.put(parseObjectName(name), bodyOf(content), signal)
  const failures = new Map<string, number>()
  async function* get(name: string, range: ByteRange | undefined): AsyncGenerator<Uint8Array> {
    const whole = await collectBytes(memory.get(parseObjectName(name), range, signal), content.length)
    yield whole.subarray(0, 1)
    const left = failures.get(name) ?? 0
    failures.set(name, left - 1)
    if (left > 0) throw new RedomaError('OBJECT_UNREADABLE', `${name} cannot be read`)
    yield whole.subarray(1)
  }
  const readInto: ReadsInto['readInto'] = async (name, offset, out) => {
    out.set(await collectBytes(get(name, { offset, length: out.length }), out.length))
  }
  return { disk: { ...memory, get, readInto }, failures }
}

const read = (disk: Destination, name: string): Promise<Uint8Array> =>
  collectBytes(disk.get(parseObjectName(name), undefined, signal), content.length)

async function readInto(disk: ReadsInto, name: string): Promise<Uint8Array> {
  const out = new Uint8Array(content.length)
  await disk.readInto(parseObjectName(name), 0, out, signal)
  return out
}

describe('a second reading', () => {
  test('goes on where the first one broke off', async () => {
    const { disk, failures } = await aDisk([bad])
    const destination = withSecondReading(disk)

    failures.set(bad, 1)
    expect(Buffer.from(await read(destination, bad))).toEqual(content)
    failures.set(bad, 1)
    expect(Buffer.from(await readInto(destination, bad))).toEqual(content)
  })

  test.each([
    ['asked for', read],
    ['read into memory', readInto],
  ])(
    'of one object that cannot be %s is the last: it is that object, and others are had',
    async (_how, attempt) => {
      const { disk, failures } = await aDisk([good, bad])
      const destination = withSecondReading(disk)
      await read(destination, good)
      failures.set(bad, 2)

      await expect(attempt(destination, bad)).rejects.toMatchObject({ code: 'OBJECT_UNREADABLE' })

      expect(failures.get(bad)).toBe(0)
      expect(Buffer.from(await attempt(destination, good))).toEqual(content)
    },
  )

  test('is not tried where what was read before cannot be read either: the destination is lost', async () => {
    const { disk, failures } = await aDisk([good, bad])
    const destination = withSecondReading(disk)
    await read(destination, good)
    failures.set(good, 1).set(bad, 1)

    await expect(read(destination, bad)).rejects.toMatchObject({ code: 'DESTINATION_FAILED' })

    expect([...failures.values()]).toEqual([0, 0])
  })

  test('is asked for after an object that was removed meanwhile', async () => {
    const { disk, failures } = await aDisk([good, bad])
    const destination = withSecondReading(disk)
    await read(destination, good)
    await destination.remove(good, signal)
    failures.set(bad, 1)

    expect(Buffer.from(await read(destination, bad))).toEqual(content)
  })

  test('ends when very many objects in a row cannot be read, whatever is remembered of one', async () => {
    const names = Array.from({ length: 100 }, (_, n) => `bad-${n}`)
    const { disk, failures } = await aDisk([good, ...names])
    const destination = withSecondReading(disk)
    await read(destination, good)
    for (const name of names) failures.set(name, 2)

    const codes: unknown[] = []
    for (const name of names) {
      codes.push(await read(destination, name).catch((error: unknown) => (error as RedomaError).code))
    }

    expect(codes.indexOf('DESTINATION_FAILED')).toBe(31)
    expect(codes.slice(31)).not.toContain('OBJECT_UNREADABLE')
  })

  test('does not count what was read in between', async () => {
    const { disk, failures } = await aDisk([good, bad])
    const destination = withSecondReading(disk)
    for (let n = 0; n < 100; n++) {
      failures.set(bad, 2)
      await expect(read(destination, bad)).rejects.toMatchObject({ code: 'OBJECT_UNREADABLE' })
      await read(destination, good)
    }
  })
})
