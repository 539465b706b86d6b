import { mkdir, rmdir, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { isRedomaError, messageOf, RedomaError, systemCode } from '../core/errors.ts'
import { readFileInTurns } from '../core/read-file.ts'
import type { Secret } from '../core/secret.ts'
import type { Primitives } from '../crypto/primitives.ts'
import { type Destination, parseObjectName } from '../ports/destination.ts'
import { type OpenedRecording, openSealed, type SealedCopy } from '../recordings/sealed/open-sealed.ts'

/** Where a recording lies sealed: at destinations that the instance knows, or in a folder found on some disk. */
export type SealedPlace =
  /** Of the copies, the one that is to be had is opened; the first is tried first. */
  | { readonly kind: 'destinations'; readonly copies: readonly CopyAtDestination[] }
  /** The folder of the copy, or its `original.age`. */
  | { readonly kind: 'path'; readonly path: string }

export interface CopyAtDestination {
  readonly destination: Destination
  readonly folder: string
}

export interface OpenRecordingsRequest {
  readonly places: readonly SealedPlace[]
  /** Asked once, when a single recording was found to be there. */
  identities(): Promise<readonly Secret[]>
  /**
   * For one recording: a path that is not there yet, or a folder for a recording of one file. For several: a folder, in
   * which each gets a folder of its own, named like that of the sealed copy.
   */
  readonly to: string
}

export type OpenedOrNot =
  | ({ readonly kind: 'opened' } & OpenedRecording)
  /** Only where there are several: the others are opened all the same. */
  | { readonly kind: 'failed'; readonly folder: string; readonly error: unknown }

/**
 * Decrypts sealed recordings, byte for byte as they were, needing nothing of the instance.
 *
 * @throws RedomaError what `identities` throws; for a single recording also `NOT_FOUND`, `KEY_WRONG`, `DATA_DAMAGED`,
 * `VERIFICATION_FAILED`, `ALREADY_EXISTS`, `FILE_FAILED`
 */
export type OpenRecordings = (
  request: OpenRecordingsRequest,
  onEnd: (ended: OpenedOrNot) => void,
  signal: AbortSignal,
) => Promise<void>

export function makeOpenRecordings({ primitives }: { readonly primitives: Primitives }): OpenRecordings {
  return async ({ places, to, ...request }, onEnd, signal) => {
    const [first, ...others] = places
    if (first === undefined) return
    const copies = others.length === 0 ? await copiesAt(first, signal) : undefined
    const key = { kind: 'identities', identities: await request.identities() } as const
    const openTo = (path: string) => (copy: SealedCopy) => openSealed(copy, key, path, primitives, signal)
    if (copies !== undefined) {
      onEnd({ kind: 'opened', ...(await firstThatOpens(copies, openTo(to), signal)) })
      return
    }
    await mkdir(to, { recursive: true, mode: 0o700 }).catch(cannotBeMade(to))
    for (const place of places) onEnd(await openOneOfMany(place))

    async function openOneOfMany(place: SealedPlace): Promise<OpenedOrNot> {
      const folder = place.kind === 'path' ? place.path : (place.copies[0]?.folder ?? '')
      try {
        const ofOne = await copiesAt(place, signal)
        const own = join(to, basename(folder.replace(/\/original\.age$/, '')))
        const opened = await inNewFolder(own, () => firstThatOpens(ofOne, openTo(own), signal))
        return { kind: 'opened', ...opened }
      } catch (error) {
        signal.throwIfAborted()
        return { kind: 'failed', folder, error }
      }
    }
  }
}

/** @throws what the first failed with, which is the one that was asked for */
async function firstThatOpens(
  copies: readonly SealedCopy[],
  openCopy: (copy: SealedCopy) => Promise<OpenedRecording>,
  signal: AbortSignal,
): Promise<OpenedRecording> {
  const failures: unknown[] = []
  for (const copy of copies) {
    try {
      return await openCopy(copy)
    } catch (error) {
      signal.throwIfAborted()
      // Of where it goes, which is the same for all of them.
      if (isRedomaError(error, 'ALREADY_EXISTS') || isRedomaError(error, 'FILE_FAILED')) throw error
      failures.push(error)
    }
  }
  throw failures[0]
}

/** Makes the folder for what `fill` puts there, and leaves no empty one behind. */
async function inNewFolder<T>(path: string, fill: () => Promise<T>): Promise<T> {
  await mkdir(path, { mode: 0o700 }).catch(cannotBeMade(path))
  try {
    return await fill()
  } catch (error) {
    await rmdir(path).catch(() => undefined)
    throw error
  }
}

function cannotBeMade(path: string): (error: unknown) => never {
  return (error) => {
    if (systemCode(error) === 'EEXIST') {
      throw new RedomaError('ALREADY_EXISTS', `${path} is there already`, {
        hint: 'Name a place that is not there yet: nothing is overwritten.',
      })
    }
    throw new RedomaError('FILE_FAILED', `${path} cannot be made: ${messageOf(error)}`, { cause: error })
  }
}

async function copiesAt(place: SealedPlace, signal: AbortSignal): Promise<SealedCopy[]> {
  switch (place.kind) {
    case 'destinations':
      return place.copies.map((copy) => copyAtDestination(copy, signal))
    case 'path':
      return [copyInFolder(await folderOf(place.path))]
  }
}

function copyAtDestination({ destination, folder }: CopyAtDestination, signal: AbortSignal): SealedCopy {
  const get = (name: string): AsyncIterable<Uint8Array> =>
    notFoundWhereMissing(destination.get(parseObjectName(`${folder}/${name}`), undefined, signal), folder)
  return { original: () => get('original.age'), meta: () => get('meta.age') }
}

async function* notFoundWhereMissing(
  chunks: AsyncIterable<Uint8Array>,
  folder: string,
): AsyncGenerator<Uint8Array> {
  try {
    yield* chunks
  } catch (error) {
    if (!isRedomaError(error, 'OBJECT_NOT_FOUND')) throw error
    throw new RedomaError('NOT_FOUND', `there is no whole recording in ${folder}`, { cause: error })
  }
}

async function folderOf(path: string): Promise<string> {
  const found = await stat(path).catch((error: unknown) => {
    throw new RedomaError('NOT_FOUND', `${path} cannot be read: ${messageOf(error)}`, { cause: error })
  })
  return found.isDirectory() ? path : dirname(path)
}

function copyInFolder(folder: string): SealedCopy {
  const read = (name: string): AsyncIterable<Uint8Array> => readFile(join(folder, name))
  return { original: () => read('original.age'), meta: () => read('meta.age') }
}

async function* readFile(path: string): AsyncGenerator<Uint8Array> {
  try {
    yield* readFileInTurns(path)
  } catch (error) {
    throw new RedomaError('NOT_FOUND', `${path} cannot be read: ${messageOf(error)}`, {
      hint: 'A sealed recording is a folder with original.age and meta.age.',
      cause: error,
    })
  }
}
