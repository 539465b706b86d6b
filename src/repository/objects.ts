import { collectBytes } from '../core/bytes.ts'
import { type ErrorCode, isRedomaError, RedomaError } from '../core/errors.ts'
import { type ByteRange, bodyOf, type ObjectName, parseObjectName, readsInto } from '../ports/destination.ts'
import { isId, type ObjectId, parseObjectId } from './ids.ts'
import { longestFile, longestJson } from './longest.ts'
import type { Repository } from './repository.ts'
import { decodeUnpacked } from './unpacked/decode-unpacked.ts'
import { encodeUnpacked } from './unpacked/encode-unpacked.ts'

/** The files of a repository, by their folder: `data` are packs, the others hold JSON. */
export type ObjectKind = 'data' | 'index' | 'snapshots' | 'locks' | 'keys'

export interface StoredObject {
  readonly id: ObjectId
  /** In bytes. */
  readonly size: number
}

type Where = Pick<Repository, 'destination' | 'prefix'>

export function objectNameOf(repository: Where, kind: ObjectKind, id: ObjectId): ObjectName {
  const folder = kind === 'data' ? `data/${id.slice(0, 2)}` : kind
  return parseObjectName(`${repository.prefix}${folder}/${id}`)
}

/**
 * What is there of a kind, each once: a folder of a share that changes meanwhile may list a name twice, and of a snapshot that is
 * there twice a policy would let one go, which is the same. Names that are no ids are leftovers of interrupted writes, and passed over.
 */
export async function* listObjects(
  repository: Where,
  kind: ObjectKind,
  signal: AbortSignal,
): AsyncIterable<StoredObject> {
  const listed = new Set<string>()
  for await (const { name, size } of repository.destination.list(`${repository.prefix}${kind}/`, signal)) {
    const id = name.slice(name.lastIndexOf('/') + 1)
    if (!isId(id) || listed.has(id)) continue
    listed.add(id)
    yield { id: parseObjectId(id), size }
  }
}

/**
 * A whole object, or a part of one. A whole one is read up to `longestFile` of its kind.
 *
 * @throws RedomaError `REPOSITORY_DAMAGED` when it is missing, too short, unreadable or longer than any, and those of the destination
 */
export async function readObject(
  repository: Where,
  kind: ObjectKind,
  id: ObjectId,
  range: ByteRange | undefined,
  signal: AbortSignal,
): Promise<Uint8Array> {
  const name = objectNameOf(repository, kind, id)
  return lackIsDamage(name, kind, () =>
    collectBytes(repository.destination.get(name, range, signal), range?.length ?? longestFile[kind]),
  )
}

/**
 * `out.length` bytes of an object, from `offset` on, into memory that is there already: to have the system find 16 MiB of fresh
 * memory for each pack takes longer than to hash it.
 *
 * @throws RedomaError as `readObject`
 */
export async function readObjectInto(
  repository: Where,
  kind: ObjectKind,
  id: ObjectId,
  offset: number,
  out: Uint8Array,
  signal: AbortSignal,
): Promise<void> {
  const { destination } = repository
  const name = objectNameOf(repository, kind, id)
  await lackIsDamage(name, kind, async () => {
    if (readsInto(destination)) return destination.readInto(name, offset, out, signal)
    let filled = 0
    for await (const chunk of destination.get(name, { offset, length: out.length }, signal)) {
      out.set(chunk, filled)
      filled += chunk.length
    }
  })
}

/** Of one object, and not of the destination: what else is there can be had. */
const lacks = new Set<ErrorCode>(['OBJECT_NOT_FOUND', 'OBJECT_UNREADABLE', 'DATA_DAMAGED'])

async function lackIsDamage<T>(name: ObjectName, kind: ObjectKind, read: () => Promise<T>): Promise<T> {
  try {
    return await read()
  } catch (error) {
    if (isRedomaError(error, 'LIMIT_EXCEEDED')) throw longerThanAny(name, kind, error)
    if (!isRedomaError(error) || !lacks.has(error.code)) throw error
    const { message, hint } = error
    throw new RedomaError('REPOSITORY_DAMAGED', `the repository lacks a part: ${message}`, {
      hint,
      cause: error,
    })
  }
}

/** Nobody wrote it so: it grew at the destination. */
export function longerThanAny(
  name: ObjectName,
  kind: ObjectKind | 'config',
  cause: RedomaError,
): RedomaError {
  const hint = `It grew at the destination. ${wayOutOfGrown[kind]}`
  return new RedomaError('REPOSITORY_DAMAGED', `${name} is longer than any such file is`, { hint, cause })
}

const fromAnotherCopy = 'Take that file from another copy of the repository.'
/** An index says nothing that the packs do not say themselves. */
const repairIndex = 'The packs say all that it said: redoma backup repair index'

const wayOutOfGrown = {
  data: 'To save what is whole of it: redoma backup repair packs',
  index: repairIndex,
  locks: 'If nothing works there any more, remove the lock: redoma backup unlock --all',
  snapshots: fromAnotherCopy,
  keys: fromAnotherCopy,
  config: fromAnotherCopy,
} as const

/** Of what `readObject` throws: whether the object is there, and longer than any of its kind. */
export function isTooLong(error: unknown): error is RedomaError {
  return isRedomaError(error, 'REPOSITORY_DAMAGED') && isRedomaError(error.cause, 'LIMIT_EXCEEDED')
}

/** Of what `readObject` throws: whether the object is there, and this part of it cannot be read. */
export function isUnreadable(error: unknown): error is RedomaError {
  return isRedomaError(error, 'REPOSITORY_DAMAGED') && isRedomaError(error.cause, 'OBJECT_UNREADABLE')
}

/**
 * The JSON of an index, snapshot or lock. What does not open is read once more, as in restic: it may have been cut short on its way.
 *
 * @throws RedomaError as `readObject`; `REPOSITORY_DAMAGED` when it does not open, too
 */
export async function readUnpacked(
  repository: Repository,
  kind: 'index' | 'snapshots' | 'locks',
  id: ObjectId,
  signal: AbortSignal,
): Promise<Uint8Array> {
  const read = async (): Promise<Uint8Array> => {
    const stored = await readObject(repository, kind, id, undefined, signal)
    try {
      return decodeUnpacked(id, stored, repository.envelope, repository.primitives, longestJson[kind])
    } catch (cause) {
      throw new RedomaError('REPOSITORY_DAMAGED', `${kind}/${id} is damaged`, { hint: wayOut[kind], cause })
    }
  }
  return read().catch((error: unknown) => {
    if (!isRedomaError(error, 'REPOSITORY_DAMAGED') || isUnreadable(error) || isTooLong(error)) throw error
    return read()
  })
}

const wayOut = {
  index: repairIndex,
  snapshots: undefined,
  locks: undefined,
} as const

/** Stores JSON as an object, and returns its id. Not durable before the destination is flushed. */
export async function writeUnpacked(
  repository: Repository,
  kind: 'index' | 'snapshots' | 'locks',
  json: Uint8Array,
  signal: AbortSignal,
): Promise<ObjectId> {
  const { id, bytes } = encodeUnpacked(json, repository.envelope, repository.primitives)
  await repository.destination.put(objectNameOf(repository, kind, id), bodyOf(bytes), signal)
  return id
}
