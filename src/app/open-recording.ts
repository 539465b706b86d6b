import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { isRedomaError, messageOf, RedomaError } from '../core/errors.ts'
import type { Secret } from '../core/secret.ts'
import { readIdentities } from '../crypto/age/identity-file.ts'
import type { Primitives } from '../crypto/primitives.ts'
import { type Destination, parseObjectName } from '../ports/destination.ts'
import { type OpenedRecording, openSealed, type SealedCopy } from '../recordings/sealed/open-sealed.ts'

/** Where a sealed copy lies: at a destination that the instance knows, or in a folder found on some disk. */
export type SealedPlace =
  | { readonly kind: 'destination'; readonly destination: Destination; readonly folder: string }
  /** The folder of the copy, or its `original.age`. */
  | { readonly kind: 'path'; readonly path: string }

export interface OpenRecordingRequest {
  readonly place: SealedPlace
  /** Content of the identity file, `identity.password.age` or a plain one. */
  readonly identityFile: Uint8Array
  readonly askPassphrase: () => Promise<Secret>
  /** A path that is not there yet, or a folder for a recording of one file. */
  readonly to: string
}

/**
 * Decrypts a sealed recording, byte for byte as it was, needing nothing of the instance.
 *
 * @throws RedomaError `NOT_FOUND`, `KEY_WRONG`, `DATA_DAMAGED`, `VERIFICATION_FAILED`, `ALREADY_EXISTS`, `FILE_FAILED`
 */
export type OpenRecording = (request: OpenRecordingRequest, signal: AbortSignal) => Promise<OpenedRecording>

export function makeOpenRecording(deps: { readonly primitives: Primitives }): OpenRecording {
  return async ({ place, identityFile, askPassphrase, to }, signal) => {
    const copy = await copyAt(place, signal)
    const identities = await readIdentities(identityFile, askPassphrase)
    return openSealed(copy, { kind: 'identities', identities }, to, deps.primitives, signal)
  }
}

async function copyAt(place: SealedPlace, signal: AbortSignal): Promise<SealedCopy> {
  switch (place.kind) {
    case 'destination':
      return copyAtDestination(place.destination, place.folder, signal)
    case 'path':
      return copyInFolder(await folderOf(place.path))
  }
}

function copyAtDestination(destination: Destination, folder: string, signal: AbortSignal): SealedCopy {
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
    for await (const chunk of createReadStream(path, { highWaterMark: 1024 * 1024 })) yield chunk as Buffer
  } catch (error) {
    throw new RedomaError('NOT_FOUND', `${path} cannot be read: ${messageOf(error)}`, {
      hint: 'A sealed recording is a folder with original.age and meta.age.',
      cause: error,
    })
  }
}
