import { currentObjects, entriesOf } from '../bundle/ledger/current-objects.ts'
import { isRedomaError, messageOf, RedomaError } from '../core/errors.ts'
import type {
  Catalogue,
  Figures,
  Generation,
  PartOutcome,
  RecordingCopy,
  RunPart,
  SourceRecord,
  SourceSpec,
} from '../ports/catalogue.ts'
import { isWriteOnly } from '../ports/destination-spec.ts'
import type { Progress } from '../ports/progress.ts'
import { isFinished } from '../recordings/finished.ts'
import { readFacts } from '../recordings/formats/read-facts.ts'
import { type CopyPlan, originalId, planCopy } from '../recordings/plan-copy.ts'
import { findRecordings, openRecordingsFolder } from '../recordings/source/find-recordings.ts'
import {
  type FoundRecording,
  fingerprintOf,
  lastWrittenAt,
  recordingIdOf,
  sizeOfRecording,
} from '../recordings/source/found-recording.ts'
import { readableName } from '../recordings/source/raw-name.ts'
import { failureOf } from './failed-part.ts'
import { type PrivateFolders, refusePrivate } from './private-folders.ts'
import { type Candidate, type SealingDeps, type SealingPlace, sealRecordings } from './seal-recordings.ts'
import type { Target } from './target.ts'

/**
 * Seals every finished recording of every source of recordings at every target, where no copy of it as it is now lies
 * yet. One part for each source and target; a failure of one leaves the others alone.
 */
export type BackUpRecordings = (
  run: number,
  targets: readonly Target[],
  progress: Progress,
  signal: AbortSignal,
) => Promise<readonly RunPart[]>

export interface BackUpRecordingsDeps extends Omit<SealingDeps, 'recordings'>, PrivateFolders {
  readonly catalogue: Pick<Catalogue, 'sources' | 'recordings' | 'generations' | 'ledgers'>
  /** Names of the sources that it is limited to; all when empty. */
  readonly only?: readonly string[] | undefined
}

type RecordingsSpec = Extract<SourceSpec, { kind: 'recordings' }>

/** What is proven together. A flush and a line in the ledger for each small recording would cost more than sealing it. */
const batchRecordings = 32
const batchBytes = 256 * 1024 * 1024

export function makeBackUpRecordings(deps: BackUpRecordingsDeps): BackUpRecordings {
  const { only = [] } = deps
  const isMeant = (name: string): boolean => only.length === 0 || only.includes(name)
  return async (_run, targets, progress, signal) => {
    const parts: RunPart[] = []
    for (const source of await deps.catalogue.sources.list()) {
      const { spec } = source
      if (spec.kind !== 'recordings' || !isMeant(source.name)) continue
      for (const target of targets) {
        progress({
          kind: 'step',
          title: `Recordings ${source.name} → ${target.record.name}`,
          unit: 'records',
        })
        parts.push(await backUpOne(deps, { source, spec, target, progress, signal }))
      }
    }
    return parts
  }
}

interface Work {
  readonly source: SourceRecord
  readonly spec: RecordingsSpec
  readonly target: Target
  readonly progress: Progress
  readonly signal: AbortSignal
}

async function backUpOne(deps: BackUpRecordingsDeps, work: Work): Promise<RunPart> {
  const startedAt = deps.clock.now()
  const tally = new Tally(work.progress)
  const outcome = await outcomeOf(work.signal, tally, () => sealNewOnes(deps, work, tally))
  return {
    job: 'recordings',
    source: work.source.name,
    destination: work.target.record.name,
    outcome,
    figures: tally.figures,
    startedAt,
    finishedAt: deps.clock.now(),
  }
}

/** More of them are counted, not kept: a disk that fails must not fill the catalogue too. */
const maximumWarnings = 200

/** What one part has done so far. */
class Tally {
  figures: Figures = { items: 0, itemsNew: 0, bytes: 0, bytesStored: 0 }
  readonly warnings: string[] = []
  readonly #progress: Progress
  #warned = 0

  constructor(progress: Progress) {
    this.#progress = progress
  }

  warn(subject: string, message: string): void {
    this.#progress({ kind: 'warning', subject, message })
    this.#warned += 1
    if (this.#warned <= maximumWarnings) this.warnings.push(message)
    else this.warnings[maximumWarnings] = `and ${this.#warned - maximumWarnings} more`
  }

  add(more: Partial<Figures>): void {
    const { items, itemsNew, bytes, bytesStored } = this.figures
    this.figures = {
      items: items + (more.items ?? 0),
      itemsNew: itemsNew + (more.itemsNew ?? 0),
      bytes: bytes + (more.bytes ?? 0),
      bytesStored: bytesStored + (more.bytesStored ?? 0),
    }
    this.#progress({ kind: 'advance', done: this.figures.items })
  }
}

async function outcomeOf(signal: AbortSignal, tally: Tally, work: () => Promise<void>): Promise<PartOutcome> {
  try {
    await work()
    return tally.warnings.length === 0
      ? { kind: 'done' }
      : { kind: 'done-with-warnings', warnings: tally.warnings }
  } catch (error) {
    signal.throwIfAborted()
    return { kind: 'failed', failure: failureOf(error) }
  }
}

async function sealNewOnes(deps: BackUpRecordingsDeps, work: Work, tally: Tally): Promise<void> {
  const { spec, source, target, signal } = work
  // Links may have changed since it was added.
  await refusePrivate(deps, [spec.path])
  const folder = await openRecordingsFolder(spec.path)
  const generation = await currentGeneration(deps)
  const copies = copiesById(await deps.catalogue.recordings.list(target.record.id), source.name)
  const there = await wholeCopies(deps, target, signal)
  const isThere = (at: string): boolean => there.has(at)
  const place = { target, generation, source: folder, isThere }
  const seal = async (batch: readonly Candidate[]): Promise<void> => {
    await sealBatch(deps, work, place, batch, tally)
  }
  const unreadable = (path: FoundRecording['path'], error: unknown): void => {
    tally.warn(readableName(path), `${readableName(path)} cannot be read: ${messageOf(error)}`)
  }
  let batch: Candidate[] = []
  for await (const recording of findRecordings(folder, unreadable, signal)) {
    tally.add({ items: 1 })
    const candidate = await candidateOf(deps, work, place, recording, copies, tally)
    if (candidate === undefined) continue
    batch.push(candidate)
    if (isFull(batch)) {
      await seal(batch)
      batch = []
    }
  }
  if (batch.length > 0) await seal(batch)
}

async function currentGeneration({ catalogue }: BackUpRecordingsDeps): Promise<Generation> {
  const generation = await catalogue.generations.current()
  if (generation !== undefined) return generation
  throw new RedomaError('CEREMONY_MISSING', 'there is no recovery key to seal recordings to', {
    hint: 'Hold a ceremony first: redoma glass ceremony --out DIR',
  })
}

/** Folders at the destination that hold `meta.age`: it is put last, so the copy is whole. */
async function wholeCopies(
  deps: BackUpRecordingsDeps,
  target: Target,
  signal: AbortSignal,
): Promise<ReadonlySet<string>> {
  const folders = new Set<string>()
  for await (const name of namesThere(deps, target, signal))
    if (name.endsWith('/meta.age')) folders.add(name.slice(0, -'/meta.age'.length))
  return folders
}

/** Where nothing can be listed, what the instance remembers to have put. */
async function* namesThere(
  { catalogue }: BackUpRecordingsDeps,
  { record, destination }: Target,
  signal: AbortSignal,
): AsyncGenerator<string> {
  if (isWriteOnly(record.spec))
    yield* currentObjects(entriesOf(await catalogue.ledgers.lines(record.id))).keys()
  else for await (const { name } of destination.list('recordings/', signal)) yield name
}

function copiesById(
  copies: readonly RecordingCopy[],
  source: string,
): ReadonlyMap<string, readonly RecordingCopy[]> {
  const ours = copies.filter((copy) => copy.source === source)
  return Map.groupBy(ours, (copy) => originalId(copy.recordingId))
}

function isFull(batch: readonly Candidate[]): boolean {
  const bytes = batch.reduce((sum, { recording }) => sum + sizeOfRecording(recording), 0)
  return batch.length >= batchRecordings || bytes >= batchBytes
}

/** The recording, if it is to be sealed now. */
async function candidateOf(
  { clock }: BackUpRecordingsDeps,
  { source, spec, signal }: Work,
  place: SealingPlace,
  recording: FoundRecording,
  copies: ReadonlyMap<string, readonly RecordingCopy[]>,
  tally: Tally,
): Promise<Candidate | undefined> {
  const id = recordingIdOf(source.name, recording)
  const plan = planCopy(copies.get(id) ?? [], fingerprintOf(recording), place.isThere)
  const size = sizeOfRecording(recording)
  if (plan.kind === 'sealed') {
    tally.add({ bytes: size })
    return undefined
  }
  const path = readableName(recording.path)
  try {
    const facts = await readFacts(place.source, recording, signal)
    const now = clock.now()
    const finish = isFinished(facts.endMark, lastWrittenAt(recording, now), now, spec.settleSeconds)
    if (finish.kind === 'not-yet') return undefined
    const warning = warningOf(plan, path)
    if (warning !== undefined) tally.warn(path, warning)
    return { id, number: plan.number, source: source.name, recording, facts, finish }
  } catch (error) {
    if (!isRedomaError(error, 'SOURCE_UNREADABLE')) throw error
    tally.warn(path, `${error.message}; it is left for the next run`)
    return undefined
  }
}

function warningOf(plan: Exclude<CopyPlan, { kind: 'sealed' }>, path: string): string | undefined {
  switch (plan.kind) {
    case 'seal':
      return undefined
    case 'seal-changed':
      return `${path} changed after it was sealed on ${plan.former.sealedAt.toISOString()}: it is sealed again beside ${plan.former.folder}`
    case 'seal-lost':
      return `the sealed copy ${plan.lost.folder} of ${path} is gone from the destination: it is sealed again`
  }
}

async function sealBatch(
  deps: BackUpRecordingsDeps,
  { source, signal }: Work,
  place: SealingPlace,
  batch: readonly Candidate[],
  tally: Tally,
): Promise<void> {
  const sealing = { ...deps, recordings: deps.catalogue.recordings }
  const sealed = await sealRecordings(sealing, place, batch, signal)
  for (const warning of sealed.warnings) tally.warn(source.name, warning)
  const { copies, bytes, bytesStored } = sealed
  tally.add({ itemsNew: copies.length, bytes, bytesStored })
}
