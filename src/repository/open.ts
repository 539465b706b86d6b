import { hostname } from 'node:os'
import { collectBytes } from '../core/bytes.ts'
import { isRedomaError, RedomaError } from '../core/errors.ts'
import { userOfSystem } from '../core/user-of-system.ts'
import { bodyOf, type ObjectName, parseObjectName } from '../ports/destination.ts'
import {
  decodeConfig,
  encodeConfig,
  maxConfigBytes,
  newConfig,
  type RepositoryConfig,
} from './config/config.ts'
import { makeEnvelope } from './envelope/envelope.ts'
import { randomSealingKey, wipeSealingKey } from './envelope/sealing-key.ts'
import { isId, type ObjectId, objectIdFromBytes, parseObjectId } from './ids.ts'
import { createKey } from './keys/create-key.ts'
import { type OpenedKey, openFirstKey } from './keys/open-key.ts'
import { makeFence } from './locks/fence.ts'
import { systemLocking } from './locks/locking.ts'
import { isTooLong, isUnreadable, listObjects, longerThanAny, objectNameOf, readObject } from './objects.ts'
import type { Repository, RepositoryPlace } from './repository.ts'

/**
 * Makes an empty repository: first its key, then `config`, which makes it one. Where a run was stopped between the two, its key is
 * taken up.
 *
 * @param chunkerPolynomial of another repository: what is copied between the two is stored once
 * @throws RedomaError `ALREADY_EXISTS`, `PASSWORD_WEAK`, and those of the destination
 */
export async function initRepository(
  place: RepositoryPlace,
  signal: AbortSignal,
  chunkerPolynomial?: bigint,
): Promise<Repository> {
  const masterKey = randomSealingKey()
  const config = newConfig(chunkerPolynomial)
  const who = { username: userOfSystem().name, hostname: hostname() }
  const wanted = { masterKey, password: place.password, created: place.clock.now(), ...who }
  const [made, left] = await Promise.all([createKey(wanted, place.primitives), keyLeftAt(place, signal)])
  if (left === undefined) {
    await place.destination.put(objectNameOf(place, 'keys', made.id), bodyOf(made.bytes), signal)
    await place.destination.flush(signal)
  } else wipeSealingKey(masterKey)
  const key = left ?? { masterKey, id: made.id }
  const sealed = makeEnvelope(key.masterKey, place.primitives).seal(encodeConfig(config))
  await place.destination.put(configName(place), bodyOf(sealed), signal)
  await place.destination.flush(signal)
  return repositoryOf(place, key, config)
}

/** @throws RedomaError `REPOSITORY_MISSING`, `KEY_WRONG`, `REPOSITORY_DAMAGED`, and those of the destination */
export async function openRepository(place: RepositoryPlace, signal: AbortSignal): Promise<Repository> {
  // Asked for at once: to a destination that is far away each question takes a while.
  const [sealed, likely] = await Promise.all([readConfig(place, signal), readLikelyKey(place, signal)])
  const key = await openAnyKey(place, likely, signal)
  try {
    const config = decodeConfig(makeEnvelope(key.masterKey, place.primitives).open(sealed))
    return repositoryOf(place, key, config)
  } catch (cause) {
    wipeSealingKey(key.masterKey)
    if (isRedomaError(cause, 'FORMAT_UNKNOWN')) throw cause
    throw new RedomaError('REPOSITORY_DAMAGED', 'the configuration of the repository is damaged', { cause })
  }
}

function repositoryOf(
  place: RepositoryPlace,
  { masterKey, id: keyId }: OpenedKey,
  config: RepositoryConfig,
): Repository {
  const { destination, prefix, clock, primitives, fileCalls, locking } = place
  const fence = makeFence()
  return {
    destination: fence.guard(destination, prefix),
    prefix,
    clock,
    primitives,
    fileCalls,
    config,
    masterKey,
    keyId,
    envelope: makeEnvelope(masterKey, primitives),
    locking: { ...systemLocking(), ...locking },
    fence,
    [Symbol.dispose]: () => {
      wipeSealingKey(masterKey)
    },
  }
}

/**
 * The key that was left where the making of a repository was interrupted: all that is there, and this password opens it.
 *
 * @throws RedomaError `ALREADY_EXISTS` when there is anything else: an old key or snapshot would be lost, or a strange one taken for ours
 */
async function keyLeftAt(place: RepositoryPlace, signal: AbortSignal): Promise<OpenedKey | undefined> {
  // Asked for at once, which a destination that is far away answers as one question.
  const [key] = await Promise.all([
    firstAt(place, 'keys/', signal),
    requireNone(place, ['config', 'snapshots/'], signal),
  ])
  if (key === undefined) return undefined
  await requireNone(place, ['index/', 'data/'], signal)
  try {
    return await openFirstKey(readKeys(place, undefined, signal), place.password, place.primitives)
  } catch (error) {
    if (!isRedomaError(error, 'KEY_WRONG')) throw error
    throw alreadyExists(key, error)
  }
}

async function requireNone(
  place: RepositoryPlace,
  parts: readonly string[],
  signal: AbortSignal,
): Promise<void> {
  for (const name of await Promise.all(parts.map((part) => firstAt(place, part, signal))))
    if (name !== undefined) throw alreadyExists(name)
}

async function firstAt(
  { destination, prefix }: RepositoryPlace,
  part: string,
  signal: AbortSignal,
): Promise<ObjectName | undefined> {
  for await (const { name } of destination.list(prefix + part, signal)) return name
  return undefined
}

function alreadyExists(name: ObjectName, cause?: unknown): RedomaError {
  return new RedomaError('ALREADY_EXISTS', `there is a repository already: ${name}`, { cause })
}

async function readConfig(place: RepositoryPlace, signal: AbortSignal): Promise<Uint8Array> {
  try {
    return await collectBytes(place.destination.get(configName(place), undefined, signal), maxConfigBytes)
  } catch (error) {
    if (isRedomaError(error, 'LIMIT_EXCEEDED')) throw longerThanAny(configName(place), 'config', error)
    if (!isRedomaError(error, 'OBJECT_NOT_FOUND')) throw error
    throw new RedomaError('REPOSITORY_MISSING', 'there is no repository at the destination', { cause: error })
  }
}

/** A password that opens nothing may be the right one, where a key file is damaged: then that is what is told. */
async function openAnyKey(
  place: RepositoryPlace,
  likely: ReadKey | undefined,
  signal: AbortSignal,
): Promise<OpenedKey> {
  try {
    return await openFirstKey(readKeys(place, likely, signal), place.password, place.primitives)
  } catch (error) {
    if (!isRedomaError(error, 'KEY_WRONG')) throw error
    const hash = new Uint8Array(32)
    for await (const { id, bytes, failure } of readKeys(place, undefined, signal)) {
      place.primitives.sha256(bytes, hash)
      if (failure === undefined && objectIdFromBytes(hash) === id) continue
      const message = `keys/${id} is damaged, and the password opens no other key of the repository`
      const hint = failure?.hint ?? 'Take that file from another copy of the same repository.'
      throw new RedomaError('REPOSITORY_DAMAGED', message, { hint, cause: failure ?? error })
    }
    throw error
  }
}

interface ReadKey {
  readonly id: ObjectId
  /** Empty where it could not be read. */
  readonly bytes: Uint8Array
  /** Why it could not. */
  readonly failure?: RedomaError
}

/** Where the first one opens, as a rule, the others are not even listed. */
async function* readKeys(
  place: RepositoryPlace,
  first: ReadKey | undefined,
  signal: AbortSignal,
): AsyncIterable<ReadKey> {
  if (first !== undefined) yield first
  const ids: ObjectId[] = []
  for await (const { id } of listObjects(place, 'keys', signal)) if (id !== first?.id) ids.push(id)
  for (const id of ids) yield await readKey(place, id, signal)
}

/** The key that is known to be ours. Why it cannot be had does not matter yet: then the others are looked at, and it among them. */
async function readLikelyKey(place: RepositoryPlace, signal: AbortSignal): Promise<ReadKey | undefined> {
  if (!isId(place.key)) return undefined
  const read = await readKey(place, parseObjectId(place.key), signal).catch(() => undefined)
  return read?.failure === undefined ? read : undefined
}

/** Nothing of one that grew, or lies on a bad sector: it is passed over, for another may be whole. */
async function readKey(place: RepositoryPlace, id: ObjectId, signal: AbortSignal): Promise<ReadKey> {
  try {
    return { id, bytes: await readObject(place, 'keys', id, undefined, signal) }
  } catch (error) {
    if (isTooLong(error) || isUnreadable(error)) return { id, bytes: new Uint8Array(0), failure: error }
    throw isRedomaError(error) && isRedomaError(error.cause) ? error.cause : error
  }
}

function configName(place: RepositoryPlace): ObjectName {
  return parseObjectName(`${place.prefix}config`)
}
