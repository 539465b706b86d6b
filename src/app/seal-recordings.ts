import type { LedgerDraft } from '../bundle/ledger/draft.ts'
import { isRedomaError, RedomaError } from '../core/errors.ts'
import { fourAtATime } from '../core/four-at-a-time.ts'
import type { Primitives } from '../crypto/primitives.ts'
import type { Generation, RecordingCopy, RecordingStore } from '../ports/catalogue.ts'
import type { Clock } from '../ports/clock.ts'
import { isWriteOnly } from '../ports/destination-spec.ts'
import { copyFolder, copyId } from '../recordings/plan-copy.ts'
import { forget, proveObject, type SealedObject, type Sealer } from '../recordings/sealed/seal.ts'
import {
  type RecordingToSeal,
  type SealedRecording,
  sealRecording,
} from '../recordings/sealed/seal-recording.ts'
import type { RecordingsFolder } from '../recordings/source/find-recordings.ts'
import { fingerprintOf, lastWrittenAt, sizeOfRecording } from '../recordings/source/found-recording.ts'
import type { RecordInLedger } from './record-in-ledger.ts'
import type { Target } from './target.ts'

/** A recording that is to be sealed, as its `number`th copy. */
export type Candidate = Omit<RecordingToSeal, 'sealedAt' | 'generation'> & { readonly number: number }

export interface SealingDeps {
  readonly recordings: Pick<RecordingStore, 'add'>
  readonly recordInLedger: RecordInLedger
  readonly primitives: Primitives
  readonly clock: Clock
}

export interface SealedBatch {
  readonly copies: readonly RecordingCopy[]
  /** Of the recordings, in the clear. */
  readonly bytes: number
  /** At the destination, both objects of each. */
  readonly bytesStored: number
  readonly warnings: readonly string[]
}

interface Sealing {
  readonly candidate: RecordingToSeal
  readonly sealed: SealedRecording
}

/** Where a batch goes, and to whom it is sealed. */
export interface SealingPlace {
  readonly target: Target
  readonly generation: Generation
  readonly source: RecordingsFolder
  /** Whether a whole copy lies in this folder of the destination. */
  readonly isThere: (folder: string) => boolean
}

/**
 * Seals some recordings, and proves them together: put, flush, read back, ledger, catalogue, in this order, so that what
 * the catalogue lists is whole, proven and in the ledger, wherever the run is cut off. Where nothing can be read, none is proven. A recording that changes or cannot
 * be read meanwhile becomes a warning.
 */
export async function sealRecordings(
  deps: SealingDeps,
  place: SealingPlace,
  candidates: readonly Candidate[],
  signal: AbortSignal,
): Promise<SealedBatch> {
  const { target, generation } = place
  const { destination } = target
  const sealer: Sealer = { destination, recipient: generation.recipient, primitives: deps.primitives }
  const batch: Sealing[] = []
  const warnings: string[] = []
  try {
    await fourAtATime(candidates, async (candidate) => {
      const sealing = await sealOne(deps, sealer, place, candidate, signal)
      if (isRedomaError(sealing)) warnings.push(`${sealing.message}; it is left for the next run`)
      else batch.push(sealing)
    })
    await destination.flush(signal)
    if (!isWriteOnly(target.record.spec))
      await fourAtATime(batch.flatMap(objectsOf), (object) => proveObject(sealer, object, signal))
  } catch (error) {
    await discard(sealer, batch)
    throw error
  } finally {
    for (const object of batch.flatMap(objectsOf)) forget(object)
  }
  if (batch.length === 0) return { copies: [], bytes: 0, bytesStored: 0, warnings }
  warnings.push(...(await recordCopies(deps, place, batch, signal)))
  const copies = batch.map((sealing) => copyOf(sealing, target))
  for (const copy of copies) await deps.recordings.add(copy)
  const bytesStored = batch.flatMap(objectsOf).reduce((sum, object) => sum + object.ciphertext.bytes, 0)
  const bytes = batch.reduce((sum, { candidate }) => sum + sizeOfRecording(candidate.recording), 0)
  return { copies, bytes, bytesStored, warnings }
}

/** The error, where the recording itself is the trouble: then the others go on. */
async function sealOne(
  { clock }: SealingDeps,
  sealer: Sealer,
  place: SealingPlace,
  candidate: Candidate,
  signal: AbortSignal,
): Promise<Sealing | RedomaError> {
  const sealedAt = clock.now()
  const day = candidate.facts.startedAt ?? lastWrittenAt(candidate.recording, sealedAt)
  const { id, folder } = freePlace(place.isThere, day, candidate)
  const toSeal = { ...candidate, id, sealedAt, generation: place.generation.number }
  try {
    return { candidate: toSeal, sealed: await sealRecording(sealer, place.source, toSeal, folder, signal) }
  } catch (error) {
    if (isRedomaError(error, 'SOURCE_UNREADABLE')) return error
    throw error
  }
}

/**
 * A whole copy that is there already is evidence and never written over, even when the catalogue does not know it: the
 * catalogue was restored from an older backup, or a run was cut off at its last step.
 */
function freePlace(
  isThere: (folder: string) => boolean,
  day: Date,
  { id, number }: Candidate,
): { id: string; folder: string } {
  for (let copy = number; ; copy++) {
    const folder = copyFolder(day, copyId(id, copy))
    if (!isThere(folder)) return { id: copyId(id, copy), folder }
  }
}

function objectsOf({ sealed }: Sealing): SealedObject[] {
  return [sealed.original, sealed.meta]
}

/** Takes back what was not proven, as far as that goes: the run may have been stopped, so with a signal of its own. */
async function discard({ destination }: Sealer, batch: readonly Sealing[]): Promise<void> {
  const { signal } = new AbortController()
  // The metadata first: without it, what is left is no whole copy, and the next run writes over it.
  for (const { name } of batch.flatMap(({ sealed }) => [sealed.meta, sealed.original]))
    await destination.remove(name, signal).catch(() => undefined)
}

/**
 * Copies that the ledger could not be told of stay: they are whole, and the ledger may have their lines already. As the
 * catalogue will not know them, the error names them.
 */
async function recordCopies(
  { recordInLedger }: SealingDeps,
  { target, generation }: SealingPlace,
  batch: readonly Sealing[],
  signal: AbortSignal,
): Promise<readonly string[]> {
  try {
    const drafts = batch.flatMap((sealing) => draftsOf(sealing, generation))
    return await recordInLedger(target, drafts, signal)
  } catch (error) {
    if (!isRedomaError(error)) throw error
    const folders = batch.map(({ sealed }) => sealed.folder).join(', ')
    const message = `${error.message}; whole copies that the next run makes again stay at the destination: ${folders}`
    throw new RedomaError(error.code, message, { hint: error.hint, cause: error })
  }
}

function draftsOf({ candidate, sealed }: Sealing, { number, fingerprint }: Generation): LedgerDraft[] {
  const common = { recording: candidate.id, generation: number, fingerprint }
  const { sha256, bytes, merkleRoot } = sealed.original.plaintext
  return [
    draftOf(sealed.original, { ...common, plaintextSha256: sha256, plaintextBytes: bytes, merkleRoot }),
    draftOf(sealed.meta, common),
  ]
}

function draftOf({ name, ciphertext }: SealedObject, detail: LedgerDraft['detail']): LedgerDraft {
  return { event: 'put', kind: 'recording', object: name, ...ciphertext, detail }
}

function copyOf({ candidate, sealed }: Sealing, target: Target): RecordingCopy {
  const { startedAt, durationSeconds, format } = candidate.facts
  return {
    destinationId: target.record.id,
    source: candidate.source,
    recordingId: candidate.id,
    folder: sealed.folder,
    fingerprint: fingerprintOf(candidate.recording),
    sealedAt: candidate.sealedAt,
    sha256: sealed.original.plaintext.sha256,
    bytes: sealed.original.plaintext.bytes,
    generation: candidate.generation,
    summary: {
      format,
      files: candidate.recording.files.length,
      ...(startedAt === undefined ? {} : { startedAt: startedAt.toISOString() }),
      ...(durationSeconds === undefined ? {} : { durationSeconds }),
    },
  }
}
