import { performance } from 'node:perf_hooks'
import {
  bodyOf,
  type Destination,
  type DestinationSpace,
  measuresSpace,
  parseObjectName,
} from '../ports/destination.ts'
import { pattern, type TestPlace } from './destination-promises.ts'

/** How fast a destination is, how much room it has, and how far its clock is from ours. */
export interface PlaceFigures {
  /** Time of one small object put and flushed, in milliseconds (median of five). */
  readonly latencyMs: number | undefined
  /** Bytes a second, writing (flush included) and reading one large object; absent where there is no room for it, reading where nothing can be read. */
  readonly speed?: { readonly write: number; readonly read?: number } | undefined
  /** So far the destination's clock is before ours, in milliseconds; it may tell whole seconds only. Absent where it is not told. */
  readonly clockAheadMs?: number | undefined
}

const largeBytes = 64 * 1024 * 1024

/** In the folder of a test, to a destination that keeps its promises. @param nowMs our clock, in milliseconds since 1970 */
export async function measureDestination(place: TestPlace, nowMs: () => number): Promise<PlaceFigures> {
  const times: number[] = []
  for (let round = 0; round < 5; round++)
    times.push(await timeMs(() => putAndFlush(place, `latency-${round}`, pattern(100, round))))
  const space = await spaceOf(place.destination, place.signal)
  const latencyMs = times.toSorted((a, b) => a - b)[2]
  const clockAheadMs = await clockAhead(place, nowMs)
  if (space !== undefined && space.freeBytes < 4 * largeBytes) return { latencyMs, clockAheadMs }
  const large = pattern(largeBytes, 1)
  const writeMs = await timeMs(() => putAndFlush(place, 'large', large))
  const readMs = await timeMs(() => readAll(place, 'large'))
  return { latencyMs, clockAheadMs, speed: { write: perSecond(writeMs), read: perSecond(readMs) } }
}

async function putAndFlush({ destination, prefix, signal }: TestPlace, name: string, bytes: Uint8Array) {
  await destination.put(parseObjectName(prefix + name), bodyOf(bytes), signal)
  await destination.flush(signal)
}

async function readAll({ destination, prefix, signal }: TestPlace, name: string): Promise<number> {
  let bytes = 0
  for await (const chunk of destination.get(parseObjectName(prefix + name), undefined, signal))
    bytes += chunk.length
  return bytes
}

async function timeMs(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now()
  await work()
  return performance.now() - began
}

function perSecond(milliseconds: number): number {
  return Math.round((largeBytes * 1000) / Math.max(milliseconds, 0.001))
}

export async function spaceOf(
  destination: Destination,
  signal: AbortSignal,
): Promise<DestinationSpace | undefined> {
  if (!measuresSpace(destination)) return undefined
  return destination.space(signal).catch(() => undefined)
}

/** Between the times before and after it was put; within them, no difference can be told. */
async function clockAhead(place: TestPlace, nowMs: () => number): Promise<number | undefined> {
  const before = nowMs()
  await putAndFlush(place, 'clock', pattern(100, 7))
  const after = nowMs()
  for await (const { putAtMs } of place.destination.list(`${place.prefix}clock`, place.signal)) {
    if (putAtMs === undefined) return undefined
    if (putAtMs > after) return Math.round(putAtMs - after)
    // Whole seconds are rounded down.
    return putAtMs + 1000 < before ? Math.round(putAtMs + 1000 - before) : 0
  }
  return undefined
}
