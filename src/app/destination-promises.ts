import { collectBytes } from '../core/bytes.ts'
import { isRedomaError, messageOf, RedomaError } from '../core/errors.ts'
import { bodyOf, type Destination, type ObjectName, parseObjectName } from '../ports/destination.ts'

/** One promise of the `Destination` port, as something that can be tried on a real destination. */
export interface DestinationPromise {
  readonly about: 'writing' | 'atomicity' | 'durability' | 'ranges' | 'listing' | 'removing'
  /** What is promised: one clause. */
  readonly title: string
  /** @throws RedomaError `VERIFICATION_FAILED` saying how the promise was broken, or what the destination threw */
  readonly hold: (place: TestPlace) => Promise<void>
}

/** A folder of its own at a destination. */
export interface TestPlace {
  readonly destination: Destination
  readonly prefix: string
  readonly signal: AbortSignal
}

const mebibyte = 1024 * 1024

/** The promises that any destination can be held to without disturbing what lies there already. */
export const destinationPromises: readonly DestinationPromise[] = [
  {
    about: 'writing',
    title: 'an object that was put is read back the same',
    hold: async (place: TestPlace): Promise<void> => {
      await putAndCompare(place, 'small', pattern(1000, 1))
    },
  },
  {
    about: 'writing',
    title: 'an empty object is an object',
    hold: async (place: TestPlace): Promise<void> => {
      await putAndCompare(place, 'empty', new Uint8Array(0))
    },
  },
  {
    about: 'writing',
    title: 'a name may hold every allowed character, and folders',
    hold: async (place: TestPlace): Promise<void> => {
      await putAndCompare(place, 'deep/er/AZaz09._+-', pattern(10, 2))
      await putAndCompare(place, 'n'.repeat(200), pattern(10, 3))
    },
  },
  {
    about: 'writing',
    title: 'several objects can be put at once',
    hold: async (place: TestPlace): Promise<void> => {
      const numbers = Array.from({ length: 8 }, (_, index) => index)
      await Promise.all(numbers.map((n) => putAndCompare(place, `many/${n}`, pattern(100_000 + n, n))))
    },
  },
  {
    about: 'atomicity',
    title: 'an object is not there before all of it is',
    hold: holdHalfWrittenInvisible,
  },
  {
    about: 'atomicity',
    title: 'a put that was broken off leaves nothing',
    hold: holdBrokenOffLeavesNothing,
  },
  {
    about: 'atomicity',
    title: 'a put replaces an object at once: a reader gets the old one or the new one',
    hold: holdReplaceAtOnce,
  },
  {
    about: 'durability',
    title: 'a flush after puts and removals succeeds, and so does a second one',
    hold: async (place: TestPlace): Promise<void> => {
      await putAndCompare(place, 'flushed', pattern(5000, 6))
      await place.destination.flush(place.signal)
      await place.destination.flush(place.signal)
      await compare(place, 'flushed', pattern(5000, 6))
    },
  },
  { about: 'ranges', title: 'any part of an object can be read', hold: holdRanges },
  {
    about: 'ranges',
    title: 'reading beyond the end, or what is not there, is refused',
    hold: holdRefusals,
  },
  { about: 'listing', title: 'a list has every object of its prefix, with its size', hold: holdList },
  { about: 'removing', title: 'what was removed is gone, and can be removed again', hold: holdRemove },
]

async function holdHalfWrittenInvisible(place: TestPlace): Promise<void> {
  const name = at(place, 'half')
  async function* slowly(): AsyncIterable<Uint8Array> {
    yield pattern(mebibyte, 7)
    // The first half lies at the destination by now, if it is written as it comes.
    await mustBeMissing(place, 'half')
    yield pattern(mebibyte, 8)
  }
  await place.destination.put(name, { size: 2 * mebibyte, open: slowly }, place.signal)
  await compare(place, 'half', Buffer.concat([pattern(mebibyte, 7), pattern(mebibyte, 8)]))
}

async function holdBrokenOffLeavesNothing(place: TestPlace): Promise<void> {
  const stop = new AbortController()
  async function* brokenOff(): AsyncIterable<Uint8Array> {
    yield pattern(mebibyte, 9)
    stop.abort()
    yield pattern(mebibyte, 9)
  }
  const body = { open: brokenOff }
  const put = place.destination.put(at(place, 'broken'), body, AbortSignal.any([stop.signal, place.signal]))
  const failed = await put.then(
    () => false,
    () => true,
  )
  ensure(failed, 'a put that was told to stop said that it succeeded')
  await mustBeMissing(place, 'broken')
}

async function holdReplaceAtOnce(place: TestPlace): Promise<void> {
  const versions = [pattern(300_000, 10), pattern(200_000, 11)] as const
  await put(place, 'replaced', versions[0])
  const done = new AbortController()
  const writer = replaceAgainAndAgain(place, versions).finally(() => {
    done.abort()
  })
  await Promise.all([writer, readUntil(place, versions, done.signal)])
}

async function replaceAgainAndAgain(place: TestPlace, versions: readonly Uint8Array[]): Promise<void> {
  for (let round = 0; round < 5; round++)
    for (const version of versions) await put(place, 'replaced', version)
}

async function readUntil(
  place: TestPlace,
  versions: readonly Uint8Array[],
  done: AbortSignal,
): Promise<void> {
  do {
    const seen = await get(place, 'replaced')
    const known = versions.some((version) => Buffer.compare(version, seen) === 0)
    ensure(known, 'a reader saw a mixture while an object was replaced')
  } while (!done.aborted)
}

async function holdRanges(place: TestPlace): Promise<void> {
  const bytes = pattern(100_000, 12)
  await put(place, 'ranges', bytes)
  for (const [offset, length] of [
    [0, 1],
    [4095, 8193],
    [99_999, 1],
    [0, 100_000],
    [100_000, 0],
  ] as const) {
    const part = await get(place, 'ranges', { offset, length })
    const expected = bytes.subarray(offset, offset + length)
    ensure(Buffer.compare(part, expected) === 0, `the ${length} bytes at ${offset} came back different`)
  }
}

async function holdRefusals(place: TestPlace): Promise<void> {
  await put(place, 'short', pattern(10, 13))
  const beyond = await codeOf(get(place, 'short', { offset: 5, length: 6 }))
  ensure(beyond === 'DATA_DAMAGED', `reading beyond the end gave ${beyond}`)
  await mustBeMissing(place, 'never-there')
}

async function holdList(place: TestPlace): Promise<void> {
  const sizes = new Map([
    ['list/a', 1],
    ['list/ab', 22],
    ['list/b/c', 333],
  ])
  for (const [name, size] of sizes) await put(place, name, pattern(size, size))
  await mustList(place, 'list/', ['list/a:1', 'list/ab:22', 'list/b/c:333'])
  await mustList(place, 'list/a', ['list/a:1', 'list/ab:22'])
  await mustList(place, 'list/b/', ['list/b/c:333'])
  await mustList(place, 'list/none/', [])
}

async function holdRemove(place: TestPlace): Promise<void> {
  await put(place, 'removed/one', pattern(10, 14))
  await put(place, 'removed/two', pattern(10, 15))
  await place.destination.remove(at(place, 'removed/one'), place.signal)
  await place.destination.remove(at(place, 'removed/one'), place.signal)
  await place.destination.remove(at(place, 'never/there'), place.signal)
  await mustBeMissing(place, 'removed/one')
  await compare(place, 'removed/two', pattern(10, 15))
}

async function mustList(place: TestPlace, prefix: string, expected: readonly string[]): Promise<void> {
  const found: string[] = []
  for await (const { name, size } of place.destination.list(place.prefix + prefix, place.signal)) {
    found.push(`${name.slice(place.prefix.length)}:${size}`)
  }
  const seen = found.toSorted().join(' ')
  ensure(seen === expected.join(' '), `listing ${prefix} gave “${seen}”, expected “${expected.join(' ')}”`)
}

async function mustBeMissing(place: TestPlace, name: string): Promise<void> {
  const code = await codeOf(get(place, name))
  ensure(code === 'OBJECT_NOT_FOUND', `reading ${name}, which is not there, gave ${code}`)
  for await (const info of place.destination.list(place.prefix, place.signal)) {
    ensure(info.name !== at(place, name), `${name} is listed and should not be there`)
  }
}

async function putAndCompare(place: TestPlace, name: string, bytes: Uint8Array): Promise<void> {
  await put(place, name, bytes)
  await compare(place, name, bytes)
}

async function compare(place: TestPlace, name: string, expected: Uint8Array): Promise<void> {
  const bytes = await get(place, name)
  ensure(Buffer.compare(bytes, expected) === 0, `${name} came back different from what was put`)
}

function put(place: TestPlace, name: string, bytes: Uint8Array): Promise<void> {
  return place.destination.put(at(place, name), bodyOf(bytes), place.signal)
}

function get(
  place: TestPlace,
  name: string,
  range?: { offset: number; length: number },
): Promise<Uint8Array> {
  return collectBytes(place.destination.get(at(place, name), range, place.signal), 4 * mebibyte)
}

function at(place: TestPlace, name: string): ObjectName {
  return parseObjectName(place.prefix + name)
}

async function codeOf(work: Promise<unknown>): Promise<string> {
  try {
    await work
    return 'no error'
  } catch (error) {
    return isRedomaError(error) ? error.code : messageOf(error)
  }
}

function ensure(kept: boolean, otherwise: string): void {
  if (!kept) throw new RedomaError('VERIFICATION_FAILED', otherwise)
}

/** Bytes that differ from place to place and from seed to seed, so that no mix-up goes unseen. */
export function pattern(length: number, seed: number): Uint8Array {
  const bytes = new Uint8Array(length)
  let state = (seed + 1) * 0x9e3779b1
  for (let index = 0; index < length; index++) {
    state = Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + index
    bytes[index] = state >>> 24
  }
  return bytes
}
