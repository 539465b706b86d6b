import type { ObjectId } from '../ids.ts'
import { decodeIndex } from '../index/decode-index.ts'
import { longestFile } from '../longest.ts'
import { listObjects, readObjectInto, readUnpacked } from '../objects.ts'
import type { PackedBlob } from '../packs/packed-blob.ts'
import type { OnRepositoryEvent, Repository } from '../repository.ts'
import type { Lanes } from '../threads/lanes.ts'
import type { PackToVerify, VerifiedPack } from './messages.ts'
import { makeProblemList, type ProblemList } from './problem-list.ts'

export interface PackToRead {
  readonly id: ObjectId
  /** In bytes, as it was listed. */
  readonly size: number
  /** As long as the indexes say that it is, in bytes; `undefined` where they leave a gap in it. */
  readonly expected: number | undefined
  /** SHA-256 of the header that it should have; `undefined` where nobody knows. */
  readonly header: string | undefined
}

export interface ReadPacks {
  readonly packsRead: number
  readonly bytesRead: number
  readonly damagedPacks: readonly ObjectId[]
}

/** Threads that verify packs. */
export type CheckThreads = Lanes<PackToVerify, VerifiedPack>

/** However long an index says that it is: a pack of one folder with a million files is some 400 MB. */
const maxPackBytes = 1024 * 1024 * 1024

/** Packs of restic's usual size, with the longest chunk as the last: so that memory is taken once. */
const usualPackBytes = 25 * 1024 * 1024
/** A lost disk must not fill the memory with what was on it. */
const suspectsAtOnce = 64

/** Reads packs whole, and has them verified. Each of the `inFlight` packs has memory of its own, which is used again. */
export async function readPacks(
  repository: Repository,
  packs: readonly PackToRead[],
  inFlight: number,
  deps: {
    readonly threads: CheckThreads
    readonly problems: ProblemList
    readonly onEvent: OnRepositoryEvent
  },
  signal: AbortSignal,
): Promise<ReadPacks> {
  const { threads, problems, onEvent } = deps
  const totalBytes = packs.reduce((sum, { size }) => sum + size, 0)
  const damaged = new Set<ObjectId>()
  /** Their own headers do not tell what should be in them. */
  const suspects: PackToRead[] = []
  let packsRead = 0
  let bytesRead = 0

  async function verifyAll(
    queue: IterableIterator<PackToRead>,
    blobsOf: (pack: PackToRead) => readonly PackedBlob[] | undefined,
    judge: (pack: PackToRead, verified: VerifiedPack) => void,
  ): Promise<void> {
    const lane = async (): Promise<void> => {
      let memory = new SharedArrayBuffer(0)
      for (const pack of queue) {
        signal.throwIfAborted()
        if (memory.byteLength < pack.size) memory = new SharedArrayBuffer(Math.max(pack.size, usualPackBytes))
        const bytes = new Uint8Array(memory, 0, pack.size)
        const blobs = blobsOf(pack)
        if (!(await tryReading(pack, bytes))) continue
        const message = { id: pack.id, bytes, ...(blobs === undefined ? {} : { blobs }) }
        judge(pack, await threads.ask(message))
      }
    }
    await Promise.all(Array.from({ length: inFlight }, lane))
  }

  async function tryReading({ id, size }: PackToRead, out: Uint8Array): Promise<boolean> {
    const read = await problems.attempt(`data/${id}`, async () => {
      await readObjectInto(repository, 'data', id, 0, out, signal)
      return size
    })
    if (read === undefined) damaged.add(id)
    return read !== undefined
  }

  function judge(pack: PackToRead, { header, packProblems, blobProblems }: VerifiedPack): void {
    const object = `data/${pack.id}`
    for (const problem of packProblems) problems.add(object, problem)
    if (header === pack.header) for (const problem of blobProblems) problems.add(object, problem)
    else suspects.push(pack)
    if (header !== undefined && pack.header !== undefined && header !== pack.header) {
      problems.add(object, 'the pack has other blobs than the index says')
    }
    if (packProblems.length + blobProblems.length > 0 || header !== pack.header) damaged.add(pack.id)
    packsRead++
    bytesRead += pack.size
    onEvent({
      kind: 'progress',
      counted: 'packs',
      files: packsRead,
      totalFiles: packs.length,
      bytes: bytesRead,
      totalBytes,
    })
  }

  async function verifySuspects(some: readonly PackToRead[]): Promise<void> {
    const indexed = await blobsInIndexes(repository, new Set(some.map(({ id }) => id)), signal)
    await verifyAll(
      some.values(),
      ({ id }) => indexed.get(id) ?? [],
      ({ id }, { blobProblems }) => {
        for (const problem of blobProblems) problems.add(`data/${id}`, problem)
      },
    )
  }

  for (const { id } of packs.filter(isTooLong)) {
    problems.add(`data/${id}`, 'the pack is longer than any, and was not read', hint)
    damaged.add(id)
  }
  await verifyAll(packs.filter((pack) => !isTooLong(pack)).values(), () => undefined, judge)
  while (suspects.length > 0) await verifySuspects(suspects.splice(0, suspectsAtOnce))
  return { packsRead, bytesRead, damagedPacks: [...damaged] }
}

const hint = 'It grew at the destination. To save what is whole of it: redoma backup repair packs'

/** Each lane has memory for a whole pack: it must not grow with what somebody appended. */
function isTooLong({ size, expected = 0 }: PackToRead): boolean {
  return size > Math.min(maxPackBytes, Math.max(expected, longestFile.data))
}

/** What indexes say is in some packs: read again, since it is too much to be kept for all. */
async function blobsInIndexes(
  repository: Repository,
  packs: ReadonlySet<ObjectId>,
  signal: AbortSignal,
): Promise<ReadonlyMap<ObjectId, readonly PackedBlob[]>> {
  const found = new Map<ObjectId, PackedBlob[]>()
  const toldBefore = makeProblemList(() => undefined)
  for await (const { id } of listObjects(repository, 'index', signal)) {
    await toldBefore.attempt(`index/${id}`, async () => {
      decodeIndex(await readUnpacked(repository, 'index', id, signal), (pack, blobs) => {
        if (packs.has(pack)) found.set(pack, [...(found.get(pack) ?? []), ...blobs])
      })
    })
  }
  return found
}
