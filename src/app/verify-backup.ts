import type { ErrorCode } from '../core/errors.ts'
import type { Catalogue, Failure, SliceReading } from '../ports/catalogue.ts'
import { isWriteOnly } from '../ports/destination-spec.ts'
import type { Progress } from '../ports/progress.ts'
import type { Finding, Verifiable, VerificationEnd } from '../ports/verification.ts'
import type { CheckReport } from '../repository/checking/check-report.ts'
import { checkRepository } from '../repository/checking/check-repository.ts'
import { type DataToRead, sliceCount, sliceOf } from '../repository/checking/choose-packs.ts'
import { lockToRead } from '../repository/locks/lock-to-read.ts'
import type { Locking } from '../repository/locks/locking.ts'
import { listObjects } from '../repository/objects.ts'
import { failureOf } from './failed-part.ts'
import { missingSnapshots } from './missing-snapshots.ts'
import { openRepositoryOf } from './open-repository-of.ts'
import { describeReading, planReading } from './plan-reading.ts'
import { lockNotices, repositoryProgress } from './repository-progress.ts'
import type { SystemRepositoryDeps } from './restore-system.ts'
import type { Target } from './target.ts'
import { onlyWrittenTo } from './write-only.ts'

/** One thing that was looked at, at one destination. */
export interface Verification {
  readonly destination: string
  readonly what: Verifiable
  readonly outcome:
    | {
        readonly kind: 'verified'
        readonly objects: number
        readonly bytes: number
        /** What is untidy and harms nobody. */
        readonly notes: readonly string[]
      }
    | { readonly kind: 'wrong'; readonly findings: readonly Finding[]; readonly notes: readonly string[] }
    /** Nobody can look from here: it is only written to. */
    | { readonly kind: 'left-out'; readonly failure: Failure }
    /** It could not be looked at. */
    | { readonly kind: 'failed'; readonly failure: Failure }
}

/**
 * Looks at each target whether what was put there is there, whole and unaltered: the ledger and every object that it
 * names, by their hashes, and the repository, in all its structure and with the snapshots that the catalogue knows of. Of packs that are read,
 * every byte is decrypted and hashed too.
 *
 * @throws RedomaError `CANCELLED` alone: all else is a finding
 */
export type VerifyBackup = (
  targets: readonly Target[],
  options: VerifyOptions,
  progress: Progress,
  signal: AbortSignal,
) => Promise<readonly Verification[]>

export interface VerifyOptions {
  readonly readData: DataToVerify
  /** How the repositories are locked while they are looked at. */
  readonly how: Partial<Pick<Locking, 'patienceMs' | 'readingLock'>>
}

/** Which packs of the repository are read: see `DataToRead`; in rotation, all once in so many runs. */
export type DataToVerify = DataToRead | { readonly kind: 'rotating'; readonly parts: number }

export interface VerifyBackupDeps extends SystemRepositoryDeps {
  readonly catalogue: Pick<Catalogue, 'runs' | 'readings' | 'forgotten' | 'verifications'>
  /** Checks the ledger at the target, and each object that it names. */
  verifyGlass(
    target: Target,
    progress: Progress,
    signal: AbortSignal,
  ): Promise<{
    readonly objects: number
    readonly bytes: number
    readonly findings: readonly Finding[]
    readonly notes: readonly string[]
  }>
}

export function makeVerifyBackup(deps: VerifyBackupDeps): VerifyBackup {
  return async (targets, options, progress, signal) => {
    const verifications: Verification[] = []
    for (const target of targets) {
      const destination = target.record.name
      if (isWriteOnly(target.record.spec)) {
        const failure = failureOf(onlyWrittenTo(target.record))
        verifications.push({ destination, what: 'ledger', outcome: { kind: 'left-out', failure } })
        continue
      }
      const looking = [
        { what: 'ledger', look: () => lookAtLedger(deps, target, progress, signal) },
        { what: 'repository', look: () => lookAtRepository(deps, target, options, progress, signal) },
      ] as const
      for (const { what, look } of looking) {
        progress({ kind: 'step', title: `Verifying the ${what} at ${destination}`, unit: 'bytes' })
        const outcome = await outcomeOf(look, signal)
        verifications.push({ destination, what, outcome })
        await deps.catalogue.verifications.record(
          target.record.id,
          what,
          endOf(outcome, target.record),
          deps.clock.now(),
        )
      }
    }
    return verifications
  }
}

type Outcome = Exclude<Verification['outcome'], { readonly kind: 'left-out' }>

/** As it is remembered: what could not even be opened, since it is damaged or gone, was looked at. */
function endOf(outcome: Outcome, { repositoryId }: Target['record']): VerificationEnd {
  switch (outcome.kind) {
    case 'verified':
      return { kind: 'looked', findings: [] }
    case 'wrong':
      return { kind: 'looked', findings: outcome.findings }
    case 'failed': {
      const { code, message, hint } = outcome.failure
      if (!damage.includes(code)) return outcome
      // Nothing was ever put into one.
      if (code === 'REPOSITORY_MISSING' && repositoryId === undefined) return { kind: 'looked', findings: [] }
      return { kind: 'looked', findings: [{ object: 'config', message, hint }] }
    }
  }
}

const damage: readonly ErrorCode[] = [
  'DATA_DAMAGED',
  'REPOSITORY_DAMAGED',
  'REPOSITORY_EXCHANGED',
  'REPOSITORY_MISSING',
]

async function outcomeOf(look: () => Promise<Outcome>, signal: AbortSignal): Promise<Outcome> {
  try {
    return await look()
  } catch (error) {
    signal.throwIfAborted()
    return { kind: 'failed', failure: failureOf(error) }
  }
}

async function lookAtLedger(
  deps: VerifyBackupDeps,
  target: Target,
  progress: Progress,
  signal: AbortSignal,
): Promise<Outcome> {
  const { objects, bytes, findings, notes } = await deps.verifyGlass(target, progress, signal)
  return findings.length > 0
    ? { kind: 'wrong', findings, notes }
    : { kind: 'verified', objects, bytes, notes }
}

async function lookAtRepository(
  deps: VerifyBackupDeps,
  target: Target,
  { readData, how }: VerifyOptions,
  progress: Progress,
  signal: AbortSignal,
): Promise<Outcome> {
  const { readings } = deps.catalogue
  const { record } = target
  const locking = { ...deps.locking, ...how, onNotice: lockNotices(progress, record.name) }
  using repository = await openRepositoryOf(deps, target, locking, signal)
  const chosen = await chooseData(readData, () => readings.list(record.id))
  // Shared, where restic's check is alone: to read all may take days, in which backups have to go on. What they add makes no findings,
  // by the order in which the check reads; who removes is kept out.
  await using lock = await lockToRead(repository, signal)
  const onEvent = repositoryProgress(progress)
  const report = await checkRepository(repository, { readData: chosen }, onEvent, lock.signal)
  const notes = [...report.hints]
  if (readData.kind === 'rotating' && chosen.kind === 'slices') {
    // Only a check that came to its end has read its part.
    await readings.record(record.id, slicesRead(chosen.slices, report, deps.clock.now()))
    notes.push(describeReading(await readings.list(record.id), readData.parts))
  } else await readings.record(record.id, slicesSeen(readData, report, deps.clock.now()))
  // Before what is there: a run that ends meanwhile has made its snapshot already. Nobody forgets any under our lock.
  const forgotten = await deps.catalogue.forgotten.ids(record.id)
  const newest = await deps.catalogue.runs.newestSnapshots(record, forgotten)
  const there = new Set<string>()
  for await (const { id } of listObjects(repository, 'snapshots', lock.signal)) there.add(id)
  const missing = missingSnapshots(newest, there)
  const findings = [...report.problems, ...missing]
  if (findings.length > 0) return { kind: 'wrong', findings, notes }
  return { kind: 'verified', objects: report.packs, bytes: report.bytesRead, notes }
}

async function chooseData(
  readData: DataToVerify,
  readings: () => Promise<readonly SliceReading[]>,
): Promise<DataToRead> {
  if (readData.kind !== 'rotating') return readData
  return { kind: 'slices', slices: planReading(await readings(), readData.parts) }
}

/** Of another reading than one in rotation: where damage was found, the next one in rotation reads again, until it is whole. */
function slicesSeen(readData: DataToVerify, report: CheckReport, readAt: Date): SliceReading[] {
  const whole = readData.kind === 'all' ? Array.from({ length: sliceCount }, (_, slice) => slice) : []
  return slicesRead([...new Set([...whole, ...report.damagedPacks.map(sliceOf)])], report, readAt)
}

function slicesRead(slices: readonly number[], report: CheckReport, readAt: Date): SliceReading[] {
  const damaged = new Set(report.damagedPacks.map(sliceOf))
  return slices.map((slice) => ({ slice, readAt, isDamaged: damaged.has(slice) }))
}
