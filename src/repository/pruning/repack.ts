import { isRedomaError, RedomaError } from '../../core/errors.ts'
import { oneAhead } from '../../core/one-ahead.ts'
import { makePublisher } from '../archiving/publisher.ts'
import { blobIdFromBytes } from '../ids.ts'
import { readObject } from '../objects.ts'
import type { OnRepositoryEvent, Repository } from '../repository.ts'
import { planRegions } from '../restoring/plan-regions.ts'
import type { BlobCopy } from './every-copy.ts'
import type { Inventory } from './load-inventory.ts'
import type { UsedBlobs } from './mark-used.ts'
import { type MovingPacks, makeMovingPacks } from './moving-packs.ts'
import { type Moves, planMoves } from './plan-moves.ts'
import type { PackFate } from './plan-prune.ts'
import type { SoundCopies } from './sound-copies.ts'

/**
 * Writes what is needed of packs that go to new ones, and indexes of those; all of it is durable afterwards. Blobs go over as
 * they are sealed, each opened and hashed. Of one that is damaged the other copies are tried.
 *
 * @throws RedomaError `REPOSITORY_DAMAGED` when a blob has no good copy: nothing was removed then
 */
export async function repack(
  repository: Repository,
  inventory: Inventory,
  used: UsedBlobs,
  sound: SoundCopies,
  fates: readonly PackFate[],
  onEvent: OnRepositoryEvent,
  signal: AbortSignal,
): Promise<void> {
  const moves = planMoves(inventory, used, sound, fates)
  if (moves.left() === 0) return
  const publisher = makePublisher(repository, signal)
  const packs = makeMovingPacks(repository, publisher)
  const failures = new Map<number, RedomaError>()
  let files = 0
  let bytes = 0
  for await (const region of oneAhead(readRegions(repository, inventory, moves, signal))) {
    signal.throwIfAborted()
    for (const copy of region.copies) {
      if (!moves.isWanted(copy.blob)) continue
      const failure = tryToMove(inventory, packs, copy, region)
      if (failure === undefined) moves.done(copy.blob)
      else failures.set(copy.blob, failure)
      files++
    }
    bytes += region.stored.length
    onEvent({ kind: 'progress', files, bytes })
    await packs.room()
  }
  await packs.finish()
  await publisher.finish()
  requireAll(moves, failures)
}

interface StoredRegion {
  /** In its pack. */
  readonly offset: number
  readonly stored: Uint8Array
  readonly copies: readonly BlobCopy[]
}

async function* readRegions(
  repository: Repository,
  { packs }: Inventory,
  moves: Moves,
  signal: AbortSignal,
): AsyncGenerator<StoredRegion> {
  for (const copies of moves.packs()) {
    const wanted = copies.filter(({ blob }) => moves.isWanted(blob))
    for (const { blobs, ...range } of planRegions(wanted)) {
      const pack = packs[blobs[0]?.place.pack ?? -1]
      if (pack === undefined) throw new RedomaError('INTERNAL', 'a copy in no pack')
      const stored = await readOrNothing(() => readObject(repository, 'data', pack, range, signal))
      yield { offset: range.offset, stored, copies: blobs }
    }
  }
}

/** A pack that cannot be read has no good copies: there may be others. */
async function readOrNothing(read: () => Promise<Uint8Array>): Promise<Uint8Array> {
  try {
    return await read()
  } catch (error) {
    if (!isRedomaError(error, 'REPOSITORY_DAMAGED')) throw error
    return new Uint8Array(0)
  }
}

function tryToMove(
  { blobs, packs }: Inventory,
  moving: MovingPacks,
  { blob, place }: BlobCopy,
  { offset, stored }: StoredRegion,
): RedomaError | undefined {
  const entry = blobs.entryAt(blob)
  if (entry === undefined) throw new RedomaError('INTERNAL', `no blob has the number ${blob}`)
  const at = place.offset - offset
  try {
    const packed = { ...place, id: blobIdFromBytes(entry.id), type: entry.type }
    moving.add(packed, stored.subarray(at, at + place.length))
    return undefined
  } catch (cause) {
    if (!isRedomaError(cause, 'REPOSITORY_DAMAGED')) throw cause
    return new RedomaError('REPOSITORY_DAMAGED', `${cause.message}, in the pack ${packs[place.pack] ?? ''}`, {
      hint: 'Nothing was removed. See which snapshots are harmed: redoma backup verify --read-data',
      cause,
    })
  }
}

function requireAll(moves: Moves, failures: ReadonlyMap<number, RedomaError>): void {
  for (const [blob, failure] of failures) if (moves.isWanted(blob)) throw failure
  if (moves.left() > 0) throw new RedomaError('INTERNAL', `${moves.left()} blobs were not moved`)
}
