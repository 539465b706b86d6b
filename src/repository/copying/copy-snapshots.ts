import { type RedomaError } from '../../core/errors.ts'
import { makePublisher, type Publisher } from '../archiving/publisher.ts'
import { loadIndex, loadStoredIndex } from '../blob-index/load-index.ts'
import { lostPacksProblem } from '../blob-index/lost-packs-problem.ts'
import { isDamage } from '../damage.ts'
import type { ObjectId } from '../ids.ts'
import { lockToRead } from '../locks/lock-to-read.ts'
import { whileLocked } from '../locks/while-locked.ts'
import { writeUnpacked } from '../objects.ts'
import type { OnRepositoryEvent, Repository } from '../repository.ts'
import { encodeSnapshot } from '../snapshots/encode-snapshot.ts'
import { type DamagedSnapshot, listSnapshots } from '../snapshots/list-snapshots.ts'
import type { StoredSnapshot } from '../snapshots/snapshot.ts'
import { type BlobCopier, makeBlobCopier } from './copy-blobs.ts'
import { copyOf, planCopy } from './plan-copy.ts'

export interface CopyRequest {
  /** Ids of snapshots of the origin. */
  readonly snapshots: readonly ObjectId[]
  readonly dryRun: boolean
}

/** What became of one snapshot. */
export type CopiedSnapshot = { readonly snapshot: StoredSnapshot } & (
  | { readonly kind: 'copied'; readonly as: ObjectId }
  /** In a dry run. */
  | { readonly kind: 'to-be-copied' }
  | { readonly kind: 'there-already'; readonly as: ObjectId }
  | { readonly kind: 'failed'; readonly error: RedomaError }
)

export interface CopyResult {
  readonly snapshots: readonly CopiedSnapshot[]
  /** Of the origin, whether they were asked for or not: nobody knows what they are. */
  readonly damaged: readonly DamagedSnapshot[]
  /** What the other repository had lost before; what the snapshots need of it was sent. */
  readonly lost: string | undefined
  /** Blobs that were sent, or would be, and their bytes before compression. */
  readonly blobs: number
  readonly bytes: number
  /** As stored; 0 in a dry run. */
  readonly bytesStored: number
}

/**
 * Copies snapshots from one repository to another: only blobs that the other lacks, each verified by its hash on the way. In this order, so
 * that at every instant all that is named exists: packs, the indexes of them, the snapshot. Run again, it goes on where it was
 * stopped. A snapshot that is damaged is left out, and told; the others are copied. What the other has lost of snapshots that were
 * copied before is sent again.
 *
 * @throws RedomaError `REPOSITORY_LOCKED`, `REPOSITORY_DAMAGED`, and those of both destinations
 */
export async function copySnapshots(
  from: Repository,
  to: Repository,
  request: CopyRequest,
  onEvent: OnRepositoryEvent,
  signal: AbortSignal,
): Promise<CopyResult> {
  await using atOrigin = await lockToRead(from, signal)
  const work = (stop: AbortSignal): Promise<CopyResult> => copyUnderLock(from, to, request, onEvent, stop)
  return await whileLocked(to, 'shared', work, atOrigin.signal)
}

async function copyUnderLock(
  from: Repository,
  to: Repository,
  { snapshots, dryRun }: CopyRequest,
  onEvent: OnRepositoryEvent,
  signal: AbortSignal,
): Promise<CopyResult> {
  // Both lists before both indexes: what a snapshot names is indexed before it.
  // A copy there that is damaged is no copy: it is made again.
  const { snapshots: there } = await listSnapshots(to, signal)
  const { snapshots: all, damaged } = await listSnapshots(from, signal)
  const wanted = all.filter(({ id }) => snapshots.includes(id))
  const indexes = { from: await loadIndex(from, signal), to: await loadStoredIndex(to, signal) }
  const lost = lostPacksProblem(indexes.to.lost)
  if (lost !== undefined) onEvent({ kind: 'problem', problem: { path: 'packs', message: lost } })
  const publisher = makePublisher(to, signal)
  const copier = makeBlobCopier({ from, to, indexes, publisher, dryRun, onEvent, signal })
  const copied: CopiedSnapshot[] = []
  for (const planned of planCopy(wanted, there)) {
    const { snapshot } = planned
    if (planned.kind === 'copy')
      copied.push(await copyOne({ to, copier, publisher, dryRun }, snapshot, signal))
    else {
      // What it names was there when it was copied.
      const failure = lost === undefined ? undefined : await failureOf(copier.copyTree(snapshot.tree))
      copied.push(failure === undefined ? planned : { kind: 'failed', snapshot, error: failure })
    }
  }
  // What was sent for a snapshot that failed serves the next attempt.
  await copier.finish()
  await publisher.finish()
  const { blobs, bytes } = copier.figures
  return { snapshots: copied, damaged, lost, blobs, bytes, bytesStored: publisher.figures.bytesStored }
}

async function copyOne(
  work: {
    readonly to: Repository
    readonly copier: BlobCopier
    readonly publisher: Publisher
    readonly dryRun: boolean
  },
  snapshot: StoredSnapshot,
  signal: AbortSignal,
): Promise<CopiedSnapshot> {
  const { to, copier, publisher, dryRun } = work
  try {
    await copier.copyTree(snapshot.tree)
  } catch (error) {
    signal.throwIfAborted()
    if (!isDamage(error)) throw error
    return { kind: 'failed', snapshot, error }
  }
  if (dryRun) return { kind: 'to-be-copied', snapshot }
  await copier.finish()
  await publisher.finish()
  const as = await writeUnpacked(to, 'snapshots', encodeSnapshot(copyOf(snapshot)), signal)
  await to.destination.flush(signal)
  return { kind: 'copied', snapshot, as }
}

/** Only of damage. */
async function failureOf(work: Promise<void>): Promise<RedomaError | undefined> {
  try {
    await work
    return undefined
  } catch (error) {
    if (!isDamage(error)) throw error
    return error
  }
}
