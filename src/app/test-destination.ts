import { randomBytes } from 'node:crypto'
import { toHex } from '../core/bytes.ts'
import { isRedomaError, messageOf } from '../core/errors.ts'
import type { Catalogue, Failure } from '../ports/catalogue.ts'
import type { Clock } from '../ports/clock.ts'
import type { Destination, DestinationSpace } from '../ports/destination.ts'
import { locationOf } from '../ports/destination-spec.ts'
import type { Progress } from '../ports/progress.ts'
import { type DestinationPromise, destinationPromises, type TestPlace } from './destination-promises.ts'
import { measureDestination, type PlaceFigures, spaceOf } from './measure-destination.ts'
import { protectedBytes } from './protected-bytes.ts'
import { localFolders, sharesRepository } from './system-repository.ts'
import type { Target } from './target.ts'

/** One line of the report. */
export interface DestinationCheck {
  readonly about: DestinationPromise['about']
  readonly title: string
  readonly outcome: { readonly kind: 'kept' } | { readonly kind: 'broken'; readonly failure: Failure }
}

/** What one place was found to keep, and how fast it is. */
export interface PlaceReport extends Partial<PlaceFigures> {
  readonly kept: boolean
  readonly checks: readonly DestinationCheck[]
  readonly space?: DestinationSpace | undefined
}

export interface DestinationReport extends PlaceReport {
  /** Whether all of it was kept, in the repository, too. */
  readonly kept: boolean
  readonly location: string
  /** What the newest copies protect, in bytes in the clear, and the room that is recommended for it; absent before the first run. */
  readonly protects?: { readonly bytes: number; readonly recommendedBytes: number } | undefined
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

/** Of the room for what is protected. */
const recommendedShare = 1.5

export interface TestDestinationDeps {
  readonly catalogue: Pick<Catalogue, 'runs'>
  readonly clock: Clock
}

/** Holds a real destination to the promises that backups rely on, wherever they go, in a folder of the test's own that is removed again. */
export function makeTestDestination({ catalogue, clock }: TestDestinationDeps): TestDestination {
  return async ({ record: { spec }, destination, repository }, progress, signal) => {
    const nowMs = (): number => clock.now().getTime()
    const own = await testPlace(destination, 'Testing the destination', nowMs, progress, signal)
    const bytes = await protectedBytes(catalogue)
    const protects = bytes === undefined ? undefined : { bytes, recommendedBytes: bytes * recommendedShare }
    const isMounted = spec.kind === 'local' && spec.mountPoint !== undefined
    const remarks = isMounted ? [] : localFolders(spec).map(sameMachineRemark)
    const report = { ...own, location: locationOf(spec), protects, remarks }
    if (!sharesRepository(spec)) return report
    const title = 'Testing the repository'
    const shared = await testPlace(repository.destination, title, nowMs, progress, signal)
    return { ...report, kept: own.kept && shared.kept, repository: { path: spec.repository, ...shared } }
  }
}

async function testPlace(
  destination: Destination,
  title: string,
  nowMs: () => number,
  progress: Progress,
  signal: AbortSignal,
): Promise<PlaceReport> {
  const place = { destination, prefix: `redoma-test-${toHex(randomBytes(6))}/`, signal }
  try {
    const checks = await tryAll(place, title, progress)
    const kept = checks.every((check) => check.outcome.kind === 'kept')
    const figures = kept ? await measureDestination(place, nowMs) : {}
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
