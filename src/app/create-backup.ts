import { headFields, headOf } from '../bundle/ledger/head.ts'
import { messageOf, RedomaError } from '../core/errors.ts'
import type { DestinationRecord, Run, RunPart, RunState } from '../ports/catalogue.ts'
import type { RunHook } from '../ports/hook-runner.ts'
import type { Log } from '../ports/log.ts'
import type { Notifier } from '../ports/notifier.ts'
import { type Job, jobs, type Progress } from '../ports/progress.ts'
import { type AuditedDeps, audit } from './audited.ts'
import { endStopped, openIncidents, type StoppedRequest, stateOfStopped } from './end-stopped.ts'
import { allSources, failedPart } from './failed-part.ts'
import type { KeepIncidents } from './incidents/keep-incidents.ts'
import { logPart } from './log-part.ts'
import type { ReportReadiness } from './readiness.ts'
import { instanceSource } from './stage-instance.ts'
import type { StampLedgers } from './stamp-ledgers.ts'
import type { Target } from './target.ts'
import { recordRoom } from './watch/record-room.ts'
import { type RunPlan, withHooks } from './with-hooks.ts'

/** One of the three jobs, done at every target. A failure at one target is a failed part, and the others go on. */
export type BackUp = (
  run: number,
  targets: readonly Target[],
  progress: Progress,
  signal: AbortSignal,
) => Promise<readonly RunPart[]>

export interface CreateBackupDeps extends AuditedDeps {
  readonly log: Log
  readonly processId: number
  reach(record: DestinationRecord): Promise<Target>
  readonly jobs: Readonly<Record<Job, BackUp>>
  readonly reportReadiness: ReportReadiness
  readonly notifier: Notifier
  readonly keepIncidents: KeepIncidents
  readonly stampLedgers: StampLedgers
  readonly runHook: RunHook
  /** Names this machine, for hooks that outlive this process. */
  readonly machine: string
}

/** `run` is one that is begun already (`PlanStore.claim`). It is ended, whatever happens. */
export interface CreateBackupRequest extends StoppedRequest {
  readonly jobs: readonly Job[]
  /**
   * Names, for the system backup and recordings; every source when absent or empty. A bundle is of the whole vault in any case: one of a part of it
   * would look like a loss.
   */
  readonly sources?: readonly string[] | undefined
  /** Names; every destination when empty. */
  readonly destinations: readonly string[]
  /** Told its number when it has begun. */
  readonly started?: ((run: number) => void) | undefined
  /** What it is a run of. */
  readonly plan?: RunPlan | undefined
}

/**
 * Runs the jobs, one after the other, whatever becomes of each.
 *
 * @throws RedomaError `NOT_FOUND` when there is no destination, `RUN_UNDER_WAY`, `CANCELLED`
 */
export type CreateBackup = (
  request: CreateBackupRequest,
  progress: Progress,
  signal: AbortSignal,
) => Promise<Run>

export function makeCreateBackup(deps: CreateBackupDeps): CreateBackup {
  const { catalogue, clock, log } = deps
  return async (request, progress, signal) => {
    const early = request.run === undefined ? await openTargets(deps, request) : undefined
    const run = request.run ?? (await catalogue.runs.start(clock.now(), deps.processId, request.plan?.id))
    request.started?.(run)
    const remarks: string[] = []
    const of = request.plan === undefined ? {} : { plan: request.plan.name }
    log.info('backup started', { run, ...of, jobs: request.jobs.join(','), by: deps.actor })
    try {
      const targets = early ?? (await openTargets(deps, request))
      await doJobs(deps, { run, request, targets, remarks }, progress, signal)
      await stamp(deps, run, targets, signal)
      const state = withRemarks(stateOf((await catalogue.runs.get(run)).parts), remarks)
      await catalogue.runs.finish(run, { kind: state, finishedAt: clock.now() }, remarks)
      await audit(deps, 'backup.create', String(run), state)
      await afterwards(deps, targets)
      log[state === 'done' ? 'info' : state === 'failed' ? 'error' : 'warn']('backup ended', { run, state })
    } catch (error) {
      const state = stateOfStopped(deps, request, signal)
      log[state.kind === 'failed' ? 'error' : 'warn']('backup stopped', {
        ...{ run, state: state.kind },
        why: messageOf(error),
      })
      if (!signal.aborted) remarks.push(messageOf(error))
      await endStopped(deps, run, state, remarks)
      throw error
    }
    return catalogue.runs.get(run)
  }
}

async function afterwards(deps: CreateBackupDeps, targets: readonly Target[]): Promise<void> {
  await recordRooms(deps, targets)
  await tellWitnesses(deps, targets)
  await tellOfReadiness(deps)
  await openIncidents(deps)
}

interface WholeRun {
  readonly run: number
  readonly request: CreateBackupRequest
  readonly targets: readonly Target[]
  /** Takes what is wrong with the run itself, a sentence each. */
  readonly remarks: string[]
}

function doJobs(
  deps: CreateBackupDeps,
  { run, request, targets, remarks }: WholeRun,
  progress: Progress,
  signal: AbortSignal,
): Promise<void> {
  const wanted = jobs.filter((one) => request.jobs.includes(one))
  const hooked = {
    async work() {
      for (const job of wanted) await doJob(deps, { run, job, targets }, progress, signal)
      return stateOf((await deps.catalogue.runs.get(run)).parts)
    },
    async refused(error: unknown) {
      const now = deps.clock.now()
      for (const job of wanted)
        for (const { record } of targets) {
          const place = { job, source: allSources, destination: record.name, startedAt: now }
          await keepPart(deps, run, failedPart(place, error, now))
        }
    },
  }
  const remark = (sentence: string): void => void remarks.push(sentence)
  return withHooks(deps, run, request.plan, hooked, remark, signal)
}

/** @throws RedomaError `NOT_FOUND` */
async function openTargets(
  deps: CreateBackupDeps,
  { sources, destinations: names }: CreateBackupRequest,
): Promise<Target[]> {
  const { destinations } = deps.catalogue
  for (const name of sources ?? []) if (name !== instanceSource) await deps.catalogue.sources.get(name)
  const records =
    names.length === 0
      ? await destinations.list()
      : await Promise.all(names.map((name) => destinations.get(name)))
  if (records.length === 0) {
    throw new RedomaError('NOT_FOUND', 'there is no destination yet, so copies have nowhere to go', {
      hint: 'redoma destination add NAME --local PATH',
    })
  }
  return Promise.all(records.map((record) => deps.reach(record)))
}

/** What a destination got is stamped; where nothing went there, there is nothing to stamp, and the run has other worries. */
async function stamp(
  { catalogue, log, stampLedgers }: CreateBackupDeps,
  run: number,
  targets: readonly Target[],
  signal: AbortSignal,
): Promise<void> {
  const { parts } = await catalogue.runs.get(run)
  const reached = new Set(
    parts.filter(({ outcome }) => outcome.kind !== 'failed').map(({ destination }) => destination),
  )
  const written = targets.filter(({ record }) => reached.has(record.name))
  for (const part of await stampLedgers(written, signal)) {
    await catalogue.runs.addPart(run, part)
    logPart(log, run, part)
  }
}

/** For the forecast of when it is full; a run that is done is done without it. */
async function recordRooms(deps: CreateBackupDeps, targets: readonly Target[]): Promise<void> {
  const ended = await Promise.allSettled(targets.map((target) => recordRoom(deps, target)))
  for (const end of ended)
    if (end.status === 'rejected') deps.log.warn('free space not recorded', { why: messageOf(end.reason) })
}

/** In the log of another machine, a head proves later that nothing of a ledger, or of the audit trail, was set back. */
async function tellWitnesses(
  { catalogue, log }: CreateBackupDeps,
  targets: readonly Target[],
): Promise<void> {
  for (const { record } of targets) {
    const head = headOf(await catalogue.ledgers.lines(record.id))
    if (head !== undefined)
      log.info('ledger head', { ...headFields(catalogue.instance.id, record.name, head) })
  }
  const { entries, link } = await catalogue.audit.head()
  if (link !== undefined) log.info('audit head', { head: `${entries}:${link}` })
}

/** A backup that nobody could open is none; that people could not be told is no reason to call it failed. */
async function tellOfReadiness({ reportReadiness, notifier, log }: CreateBackupDeps): Promise<void> {
  try {
    const report = await reportReadiness()
    if (report === undefined || report.warnings.length === 0) return
    const doubt = { generation: report.readiness.generation, remarks: report.warnings }
    await notifier.tell({ kind: 'readiness-doubtful', doubt })
  } catch (error) {
    log.warn('readiness not told', { why: messageOf(error) })
  }
}

interface JobOfRun {
  readonly run: number
  readonly job: Job
  readonly targets: readonly Target[]
}

async function doJob(
  deps: CreateBackupDeps,
  { run, job, targets }: JobOfRun,
  progress: Progress,
  signal: AbortSignal,
): Promise<void> {
  const startedAt = deps.clock.now()
  for (const part of await partsOf(signal)) {
    await keepPart(deps, run, part)
  }
  signal.throwIfAborted()

  async function partsOf(stop: AbortSignal): Promise<readonly RunPart[]> {
    try {
      stop.throwIfAborted()
      return await deps.jobs[job](run, targets, progress, stop)
    } catch (error) {
      stop.throwIfAborted()
      return targets.map(({ record }) =>
        failedPart({ job, source: allSources, destination: record.name, startedAt }, error, deps.clock.now()),
      )
    }
  }
}

async function keepPart({ catalogue, log }: CreateBackupDeps, run: number, part: RunPart): Promise<void> {
  await catalogue.runs.addPart(run, part)
  logPart(log, run, part)
}

type EndState = Extract<RunState['kind'], 'done' | 'done-with-warnings' | 'failed'>

/**
 * A ceremony that was never held is something left out, not a failure of the rest. What one destination missed and another has was
 * backed up: it is caught up when the destination is back.
 */
function stateOf(parts: readonly RunPart[]): EndState {
  if (parts.every(({ outcome }) => outcome.kind === 'done')) return 'done'
  const failed = parts.filter(({ outcome }) => outcome.kind === 'failed')
  if (failed.length > 0 && failed.length === parts.length) return 'failed'
  const isLost = (part: RunPart): boolean => !isCeremonyMissing(part) && !isElsewhere(part, parts)
  return failed.some(isLost) ? 'failed' : 'done-with-warnings'
}

function withRemarks(state: EndState, remarks: readonly string[]): EndState {
  return state === 'done' && remarks.length > 0 ? 'done-with-warnings' : state
}

function isCeremonyMissing({ outcome }: RunPart): boolean {
  return outcome.kind === 'failed' && outcome.failure.code === 'CEREMONY_MISSING'
}

/** Whether the same went to another destination. */
function isElsewhere({ job, source }: RunPart, parts: readonly RunPart[]): boolean {
  return parts.some(
    (other) => other.job === job && other.source === source && other.outcome.kind !== 'failed',
  )
}
