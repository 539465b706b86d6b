import { randomBytes } from 'node:crypto'
import { performance } from 'node:perf_hooks'
import { toHex } from '../core/bytes.ts'
import { isRedomaError, messageOf } from '../core/errors.ts'
import type { Failure } from '../ports/catalogue.ts'
import {
  bodyOf,
  type Destination,
  type DestinationSpace,
  measuresSpace,
  parseObjectName,
} from '../ports/destination.ts'
import type { Progress } from '../ports/progress.ts'
import {
  type DestinationPromise,
  destinationPromises,
  pattern,
  type TestPlace,
} from './destination-promises.ts'
import { localFolders, sharesRepository } from './system-repository.ts'
import type { Target } from './target.ts'

/** One line of the report. */
export interface DestinationCheck {
  readonly about: DestinationPromise['about']
  readonly title: string
  readonly outcome: { readonly kind: 'kept' } | { readonly kind: 'broken'; readonly failure: Failure }
}

/** What one place was found to keep, and how fast it is. */
export interface PlaceReport {
  readonly kept: boolean
  readonly checks: readonly DestinationCheck[]
  /** Time of one small object put and flushed, in milliseconds (median of five); absent where writing failed. */
  readonly latencyMs?: number | undefined
  /** Bytes a second, writing (flush included) and reading one large object. */
  readonly speed?: { readonly write: number; readonly read: number } | undefined
  readonly space?: DestinationSpace | undefined
}

export interface DestinationReport extends PlaceReport {
  /** Whether all of it was kept, in the repository, too. */
  readonly kept: boolean
  /** The folder of the repository, where it is one of others that this host has joined. */
  readonly repository?: (PlaceReport & { readonly path: string }) | undefined
  /** What the operator should know beside it. */
  readonly remarks: readonly string[]
}

export type TestDestination = (
  target: Target,
  progress: Progress,
  signal: AbortSignal,
) => Promise<DestinationReport>

const largeBytes = 64 * 1024 * 1024

/** Holds a real destination to the promises that backups rely on, wherever they go, in a folder of the test's own that is removed again. */
export function makeTestDestination(): TestDestination {
  return async ({ record: { spec }, destination, repository }, progress, signal) => {
    const own = await testPlace(destination, 'Testing the destination', progress, signal)
    const remarks = localFolders(spec).map(sameMachineRemark)
    if (!sharesRepository(spec)) return { ...own, remarks }
    const shared = await testPlace(repository.destination, 'Testing the repository', progress, signal)
    const kept = own.kept && shared.kept
    return { ...own, kept, repository: { path: spec.repository, ...shared }, remarks }
  }
}

async function testPlace(
  destination: Destination,
  title: string,
  progress: Progress,
  signal: AbortSignal,
): Promise<PlaceReport> {
  const place = { destination, prefix: `redoma-test-${toHex(randomBytes(6))}/`, signal }
  try {
    const checks = await tryAll(place, title, progress)
    const kept = checks.every((check) => check.outcome.kind === 'kept')
    const figures = kept ? await measure(place) : {}
    return { kept, checks, ...figures, space: await spaceOf(destination, signal) }
  } finally {
    await cleanUp(place)
  }
}

function sameMachineRemark(path: string): string {
  return `${path} is a folder of this machine. Unless another machine's disk is mounted there, its copies are lost together with the machine: a copy on the same machine is not a backup.`
}

async function tryAll(place: TestPlace, title: string, progress: Progress): Promise<DestinationCheck[]> {
  progress({ kind: 'step', title, total: destinationPromises.length, unit: 'records' })
  const checks: DestinationCheck[] = []
  for (const promise of destinationPromises) {
    checks.push(await tryOne(promise, place))
    progress({ kind: 'advance', done: checks.length, detail: promise.title })
    // Nothing else can be said of a place that is not there.
    if (isUnreachable(checks.at(-1))) break
  }
  return checks
}

async function tryOne(promise: DestinationPromise, place: TestPlace): Promise<DestinationCheck> {
  const { about, title } = promise
  try {
    await promise.hold(place)
    return { about, title, outcome: { kind: 'kept' } }
  } catch (error) {
    place.signal.throwIfAborted()
    const { code, hint } = isRedomaError(error)
      ? error
      : { code: 'DESTINATION_FAILED' as const, hint: undefined }
    return { about, title, outcome: { kind: 'broken', failure: { code, message: messageOf(error), hint } } }
  }
}

function isUnreachable(check: DestinationCheck | undefined): boolean {
  return check?.outcome.kind === 'broken' && check.outcome.failure.code === 'DESTINATION_UNREACHABLE'
}

async function measure(place: TestPlace): Promise<Pick<PlaceReport, 'latencyMs' | 'speed'>> {
  const times: number[] = []
  for (let round = 0; round < 5; round++)
    times.push(await timeMs(() => putAndFlush(place, `latency-${round}`, pattern(100, round))))
  const space = await spaceOf(place.destination, place.signal)
  const latencyMs = times.toSorted((a, b) => a - b)[2]
  if (space !== undefined && space.freeBytes < 4 * largeBytes) return { latencyMs }
  const large = pattern(largeBytes, 1)
  const writeMs = await timeMs(() => putAndFlush(place, 'large', large))
  const readMs = await timeMs(() => readAll(place, 'large'))
  return { latencyMs, speed: { write: perSecond(writeMs), read: perSecond(readMs) } }
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

async function spaceOf(destination: Destination, signal: AbortSignal): Promise<DestinationSpace | undefined> {
  if (!measuresSpace(destination)) return undefined
  return destination.space(signal).catch(() => undefined)
}

/** With a signal of its own: what was put must go even when the test was stopped. */
async function cleanUp({ destination, prefix }: TestPlace): Promise<void> {
  const { signal } = new AbortController()
  try {
    for (const { name } of await Array.fromAsync(destination.list(prefix, signal)))
      await destination.remove(name, signal)
    await destination.flush(signal)
  } catch {
    // The checks have said already what is wrong with this destination.
  }
}
