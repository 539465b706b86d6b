import { performance } from 'node:perf_hooks'
import { bodyOf, type Destination, parseObjectName } from '../ports/destination.ts'
import type { Progress } from '../ports/progress.ts'
import {
  type DestinationPromise,
  destinationPromises,
  pattern,
  type TestPlace,
} from './destination-promises.ts'
import { type DestinationCheck, tryAll } from './try-promises.ts'

/** One folder for all tests, since nothing in it can be removed: each writes over what the one before left. */
const prefix = 'redoma-test/'
const largeBytes = 16 * 1024 * 1024
const why = 'it is only written to'

const writing: readonly DestinationPromise[] = [
  {
    about: 'writing',
    title: 'objects are taken: small ones, an empty one, every allowed character in a name, folders',
    hold: async (place) => {
      await put(place, 'small', pattern(1000, 1))
      await put(place, 'empty', new Uint8Array(0))
      await put(place, 'deep/er/AZaz09._+-', pattern(10, 2))
      await place.destination.flush(place.signal)
    },
  },
  {
    about: 'durability',
    title: 'a flush after puts succeeds, and so does a second one, and an object can be replaced',
    hold: async (place) => {
      for (const seed of [3, 4]) {
        await put(place, 'small', pattern(1000, seed))
        await place.destination.flush(place.signal)
      }
      await place.destination.flush(place.signal)
    },
  },
]

interface Figures {
  readonly latencyMs: number | undefined
  readonly speed: { readonly write: number }
}

/** What can be tried of a destination that is only written to; the rest is listed, as what nobody can tell from here. */
export async function testWriting(
  destination: Destination,
  title: string,
  _nowMs: () => number,
  progress: Progress,
  signal: AbortSignal,
): Promise<{ readonly kept: boolean; readonly checks: readonly DestinationCheck[] } & Partial<Figures>> {
  const place = { destination, prefix, signal }
  const tried = await tryAll(place, writing, title, progress)
  const kept = tried.every(({ outcome }) => outcome.kind === 'kept')
  const untried = destinationPromises.map(
    (promise): DestinationCheck => ({
      about: promise.about,
      title: promise.title,
      outcome: { kind: 'not-possible', why },
    }),
  )
  const figures = kept ? await measure(place) : {}
  return { kept, checks: [...tried, ...untried], ...figures }
}

async function measure(place: TestPlace): Promise<Figures> {
  const times: number[] = []
  for (let round = 0; round < 5; round++) times.push(await timeMs(place, 'small', pattern(100, round)))
  const writeMs = await timeMs(place, 'large', pattern(largeBytes, 1))
  // It cannot be removed, and need not take the room.
  await timeMs(place, 'large', new Uint8Array(0))
  const write = Math.round((largeBytes * 1000) / Math.max(writeMs, 0.001))
  return { latencyMs: times.toSorted((a, b) => a - b)[2], speed: { write } }
}

async function timeMs(place: TestPlace, name: string, bytes: Uint8Array): Promise<number> {
  const began = performance.now()
  await put(place, name, bytes)
  await place.destination.flush(place.signal)
  return performance.now() - began
}

function put({ destination, signal }: TestPlace, name: string, bytes: Uint8Array): Promise<void> {
  return destination.put(parseObjectName(prefix + name), bodyOf(bytes), signal)
}
