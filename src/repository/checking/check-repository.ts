import { randomInt } from 'node:crypto'
import { collectBytes } from '../../core/bytes.ts'
import { RedomaError } from '../../core/errors.ts'
import { parseObjectName } from '../../ports/destination.ts'
import { decodeConfig, maxConfigBytes } from '../config/config.ts'
import { type ObjectId, objectIdFromBytes } from '../ids.ts'
import { decodeKeyFile } from '../keys/key-file.ts'
import { listObjects, readObject } from '../objects.ts'
import type { OnRepositoryEvent, Repository } from '../repository.ts'
import { listSnapshots } from '../snapshots/list-snapshots.ts'
import type { StoredSnapshot } from '../snapshots/snapshot.ts'
import { startLanes } from '../threads/lanes.ts'
import { threadCount } from '../threads/thread.ts'
import { type CheckedIndexes, checkIndexes } from './check-indexes.ts'
import type { CheckReport } from './check-report.ts'
import { checkTrees } from './check-trees.ts'
import { choosePacks, type DataToRead } from './choose-packs.ts'
import { comparePacks } from './compare-packs.ts'
import { listPacks } from './list-packs.ts'
import type { CheckSetup, PackToVerify, VerifiedPack } from './messages.ts'
import { makeProblemList, type ProblemList } from './problem-list.ts'
import { type CheckThreads, type PackToRead, readPacks } from './read-packs.ts'

export interface CheckOptions {
  readonly readData: DataToRead
  /** As many as there are processors, unless said otherwise. */
  readonly threads?: number
}

/**
 * Looks for everything that could keep a snapshot from being restored: keys, indexes, that every pack is there and as long
 * as it should be, snapshots, trees with the order of their names, and that every chunk is in a pack. Of packs that are
 * read, also every byte: the pack's hash, its header, and each blob decrypted, decompressed and hashed. Threads do that,
 * while this one walks the trees.
 *
 * Damage is reported, and the check goes on. Others may add to the repository meanwhile; nobody may remove anything.
 *
 * @throws RedomaError those of the destination, and `CANCELLED`
 */
export async function checkRepository(
  repository: Repository,
  options: CheckOptions,
  onEvent: OnRepositoryEvent,
  signal: AbortSignal,
): Promise<CheckReport> {
  const problems = makeProblemList(onEvent)
  const count = options.readData.kind === 'none' ? 0 : threadCount(options.threads)
  const other = new AbortController()
  const both = AbortSignal.any([signal, other.signal])
  // Before the indexes are read: a thread takes a while to start.
  await using threads = startCheckThreads(repository, count, both)
  await checkConfig(repository, problems, signal)
  await checkKeys(repository, problems, signal)
  // Before the indexes, too: what a snapshot names is indexed before the snapshot is written.
  const snapshots = await readSnapshots(repository, problems, signal)
  const index = await checkIndexes(repository, problems, signal)
  // After the indexes: a pack lies there before an index names it, so what a backup adds meanwhile is never missed.
  const sizes = await listPacks(repository, problems, signal)
  comparePacks(index, sizes, problems)
  const packs = choosePacks(indexedPacks(index, sizes), options.readData, random)
  const deps = { threads, problems, onEvent }
  // Where packs are read, they are what takes the time.
  const onTree = packs.length > 0 ? () => undefined : onEvent
  const [read, trees] = await together(other, [
    readPacks(repository, packs, count + spareBuffers, deps, both),
    checkTrees(repository, index, snapshots, { problems, onEvent: onTree }, both),
  ])
  return {
    problems: problems.problems,
    hints: problems.hints,
    snapshots: snapshots.length,
    packs: index.packs.length,
    blobs: index.blobs.size,
    trees,
    ...read,
  }
}

/** A pack that is read while each thread has one: reading takes a tenth of what verifying takes. */
const spareBuffers = 1

function startCheckThreads(repository: Repository, count: number, signal: AbortSignal): CheckThreads {
  const setup: CheckSetup = { masterKey: repository.masterKey, primitives: repository.primitives.name }
  const program = new URL('./worker.ts', import.meta.url)
  return startLanes<PackToVerify, VerifiedPack>(program, setup, count, signal)
}

/** Both results; where one fails, the other is stopped before that is told. */
async function together<A, B>(other: AbortController, [a, b]: [Promise<A>, Promise<B>]): Promise<[A, B]> {
  const both = Promise.all([a, b])
  try {
    return await both
  } catch (error) {
    other.abort(error)
    await Promise.allSettled([a, b])
    throw error
  }
}

function indexedPacks(index: CheckedIndexes, sizes: ReadonlyMap<ObjectId, number>): PackToRead[] {
  return index.packs.flatMap((id, number) => {
    const size = sizes.get(id)
    return size === undefined
      ? []
      : [{ id, size, expected: index.lengths[number], header: index.headers[number] }]
  })
}

function random(): number {
  return randomInt(2 ** 32) / 2 ** 32
}

/** It was good when the repository was opened; it is small, and without it all is lost. */
async function checkConfig(
  { destination, prefix, envelope }: Repository,
  problems: ProblemList,
  signal: AbortSignal,
): Promise<void> {
  await problems.attempt('config', async () => {
    const name = parseObjectName(`${prefix}config`)
    decodeConfig(envelope.open(await collectBytes(destination.get(name, undefined, signal), maxConfigBytes)))
  })
}

async function checkKeys(repository: Repository, problems: ProblemList, signal: AbortSignal): Promise<void> {
  for await (const { id } of listObjects(repository, 'keys', signal)) {
    await problems.attempt(`keys/${id}`, async () => {
      const bytes = await readObject(repository, 'keys', id, undefined, signal)
      requireName(repository, id, bytes)
      decodeKeyFile(bytes)
    })
  }
}

function requireName({ primitives }: Repository, id: ObjectId, bytes: Uint8Array): void {
  const hash = new Uint8Array(32)
  primitives.sha256(bytes, hash)
  if (objectIdFromBytes(hash) !== id) {
    throw new RedomaError('REPOSITORY_DAMAGED', 'its content does not match its name')
  }
}

async function readSnapshots(
  repository: Repository,
  problems: ProblemList,
  signal: AbortSignal,
): Promise<readonly StoredSnapshot[]> {
  const { snapshots, damaged } = await listSnapshots(repository, signal)
  for (const { id, error } of damaged) await problems.attempt(`snapshots/${id}`, () => Promise.reject(error))
  return snapshots
}
