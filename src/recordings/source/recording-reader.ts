import { type BigIntStats, constants } from 'node:fs'
import { type FileHandle, open, readlink } from 'node:fs/promises'
import { messageOf, RedomaError } from '../../core/errors.ts'
import { readInTurns } from '../../core/read-file.ts'
import type { RecordingsFolder } from './find-recordings.ts'
import type { RecordingFile } from './found-recording.ts'
import { bytesOfName, joinRaw, rawNameOf, readableName } from './raw-name.ts'

const chunkBytes = 1024 * 1024

/** An open file of a recording, read at any place. */
export interface OpenRecordingFile {
  readonly file: RecordingFile
  /** Up to `length` bytes at `offset`: fewer where the file ends. */
  at(offset: number, length: number): Promise<Buffer>
  /** All of it, from the beginning. */
  stream(): AsyncIterable<Uint8Array>
}

/**
 * Opens a file that was found, works with it, and makes sure that it was the same file, unchanged, from the time it was
 * found until the end of the work.
 *
 * @throws RedomaError `SOURCE_UNREADABLE` when it changed meanwhile, is gone, or cannot be read
 */
export async function withRecordingFile<T>(
  folder: RecordingsFolder,
  file: RecordingFile,
  work: (open: OpenRecordingFile) => Promise<T>,
): Promise<T> {
  await using handle = await openSafely(folder, file)
  await requireUnchanged(handle, file)
  const result = await work({
    file,
    at: (offset, length) => readAt(handle, file, offset, length),
    stream: () => streamOf(handle, file),
  })
  await requireUnchanged(handle, file)
  return result
}

/** All of a file, unless it changes meanwhile: then an error, at the end at the latest. A chunk is good only until the next is asked for. */
export async function* readRecordingFile(
  folder: RecordingsFolder,
  file: RecordingFile,
): AsyncGenerator<Uint8Array> {
  await using handle = await openSafely(folder, file)
  await requireUnchanged(handle, file)
  yield* streamInTurns(handle, file)
  await requireUnchanged(handle, file)
}

async function openSafely({ root }: RecordingsFolder, file: RecordingFile): Promise<FileHandle> {
  const path = joinRaw(root, file.path)
  // O_NONBLOCK: whoever may write there could put a fifo in the file's place, and we would wait for ever.
  const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK
  const handle = await reading(file, () => open(bytesOfName(path), flags))
  const opened = await reading(file, () => readlink(`/proc/self/fd/${handle.fd}`, { encoding: 'buffer' }))
  if (rawNameOf(opened) === path) return handle
  await handle.close()
  // A folder on the way was exchanged for a symbolic link: it could lead to any file that we may read.
  throw unreadable(file, 'it was moved while it was read')
}

async function requireUnchanged(handle: FileHandle, file: RecordingFile): Promise<void> {
  const stat = await reading(file, () => handle.stat({ bigint: true }))
  if (!isSame(stat, file)) throw unreadable(file, 'it changed while it was read')
}

function isSame(stat: BigIntStats, file: RecordingFile): boolean {
  return (
    stat.isFile() &&
    stat.ino === file.inode &&
    stat.dev === file.device &&
    stat.size === BigInt(file.size) &&
    stat.mtimeNs === file.modifiedNs &&
    stat.ctimeNs === file.changedNs
  )
}

async function readAt(
  handle: FileHandle,
  file: RecordingFile,
  offset: number,
  length: number,
): Promise<Buffer> {
  const buffer = Buffer.allocUnsafeSlow(Math.max(0, Math.min(length, file.size - offset)))
  await fill(handle, file, offset, buffer)
  return buffer
}

async function* streamOf(handle: FileHandle, file: RecordingFile): AsyncGenerator<Uint8Array> {
  for (let offset = 0; offset < file.size; offset += chunkBytes) {
    yield await readAt(handle, file, offset, chunkBytes)
  }
}

async function* streamInTurns(handle: FileHandle, file: RecordingFile): AsyncGenerator<Uint8Array> {
  let offset = 0
  yield* readInTurns(async (room) => {
    const chunk = room.subarray(0, file.size - offset)
    await fill(handle, file, offset, chunk)
    offset += chunk.length
    return chunk.length
  }, file.size)
}

async function fill(
  handle: FileHandle,
  file: RecordingFile,
  offset: number,
  chunk: Uint8Array,
): Promise<void> {
  for (let done = 0; done < chunk.length; ) {
    const position = offset + done
    const { bytesRead } = await reading(file, () => handle.read(chunk, done, chunk.length - done, position))
    if (bytesRead === 0) throw unreadable(file, 'it became shorter while it was read')
    done += bytesRead
  }
}

async function reading<T>(file: RecordingFile, call: () => Promise<T>): Promise<T> {
  try {
    return await call()
  } catch (error) {
    throw error instanceof RedomaError ? error : unreadable(file, messageOf(error), error)
  }
}

function unreadable(file: RecordingFile, why: string, cause?: unknown): RedomaError {
  return new RedomaError('SOURCE_UNREADABLE', `${readableName(file.path)}: ${why}`, { cause })
}
