import { randomBytes } from 'node:crypto'
import { toHex } from '../core/bytes.ts'
import type { Catalogue } from '../ports/catalogue.ts'
import type { Clock } from '../ports/clock.ts'
import type { Destination, DestinationSpace } from '../ports/destination.ts'
import { isWriteOnly, locationOf } from '../ports/destination-spec.ts'
import type { Progress } from '../ports/progress.ts'
import { destinationPromises, type TestPlace } from './destination-promises.ts'
import { measureDestination, type PlaceFigures, spaceOf } from './measure-destination.ts'
import { protectedBytes } from './protected-bytes.ts'
import { localFolders, sharesRepository } from './system-repository.ts'
import type { RemarksOn, Target } from './target.ts'
import { testWriting } from './test-writing.ts'
import { type DestinationCheck, saysAll, tryAll } from './try-promises.ts'

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
  readonly catalogue: Pick<Catalogue, 'runs' | 'sources'>
  readonly clock: Clock
  readonly remarksOn: RemarksOn
  /** So long what the test wrote is removed when it was stopped; ten seconds unless it is said. */
  readonly tidyingMs?: number
}

/** Holds a real destination to the promises that backups rely on, wherever they go, in a folder of the test's own that is removed again. */
export function makeTestDestination(deps: TestDestinationDeps): TestDestination {
  const { catalogue, clock, remarksOn, tidyingMs = 10_000 } = deps
  return async ({ record: { spec }, destination, repository }, progress, signal) => {
    const nowMs = (): number => clock.now().getTime()
    const first = 'Testing the destination'
    const own = isWriteOnly(spec)
      ? await testWriting(destination, first, nowMs, progress, signal)
      : await testPlace(destination, first, nowMs, progress, signal, tidyingMs)
    const bytes = await protectedBytes(catalogue)
    const protects = bytes === undefined ? undefined : { bytes, recommendedBytes: bytes * recommendedShare }
    const isMounted = spec.kind === 'local' && spec.mountPoint !== undefined
    const ofMachine = isMounted ? [] : localFolders(spec).map(sameMachineRemark)
    // Now that it was used: some is known only then.
    const remarks = [...ofMachine, ...(await remarksOn(spec))]
    const report = { ...own, location: locationOf(spec), protects, remarks }
    if (!sharesRepository(spec)) return report
    const title = 'Testing the repository'
    const shared = await testPlace(repository.destination, title, nowMs, progress, signal, tidyingMs)
    return { ...report, kept: own.kept && shared.kept, repository: { path: spec.repository, ...shared } }
  }
}

const neverAborted = new AbortController().signal

async function testPlace(
  destination: Destination,
  title: string,
  nowMs: () => number,
  progress: Progress,
  signal: AbortSignal,
  tidyingMs: number,
): Promise<PlaceReport> {
  const place = { destination, prefix: `redoma-test-${toHex(randomBytes(6))}/`, signal }
  let hasAnswered = false
  try {
    const checks = await tryAll(place, destinationPromises, title, progress)
    hasAnswered = !saysAll(checks.at(-1))
    const kept = checks.every((check) => check.outcome.kind === 'kept')
    const figures = kept ? await measureDestination(place, nowMs) : {}
    return { kept, checks, ...figures, space: await spaceOf(destination, signal) }
  } finally {
    // Nobody waits once more for a server that hangs.
    await cleanUp(place, signal.aborted || !hasAnswered ? AbortSignal.timeout(tidyingMs) : neverAborted)
  }
}

function sameMachineRemark(path: string): string {
  return `${path} is a folder of this machine. Unless another machine's disk is mounted there, its copies are lost together with the machine: a copy on the same machine is not a backup.`
}

/** With a signal of its own: what was put must go even when the test was stopped. */
async function cleanUp({ destination, prefix }: TestPlace, signal: AbortSignal): Promise<void> {
  try {
    for (const { name } of await Array.fromAsync(destination.list(prefix, signal)))
      await destination.remove(name, signal)
    await destination.flush(signal)
  } catch {
    // The checks have said already what is wrong with this destination.
  }
}
