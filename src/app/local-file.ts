import { constants } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { RedomaError, systemCode } from '../core/errors.ts'
import { unfilled } from '../core/unfilled.ts'

/** A file on this machine whose bytes can be had from anywhere. */
export interface LocalFile extends AsyncDisposable {
  /** In bytes. */
  readonly size: number
  /** The bytes from `start` to before `end`, fewer where the file ends. */
  read(start: number, end: number): Promise<Uint8Array>
}

/**
 * Opens a regular file, by a link too. A named pipe is refused and not waited for: nobody may ever write into it.
 *
 * @throws RedomaError `NOT_FOUND`, `FILE_FAILED`
 */
export async function openLocalFile(path: string): Promise<LocalFile> {
  const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK).catch((error: unknown) => {
    throw systemCode(error) === 'ENOENT'
      ? new RedomaError('NOT_FOUND', `there is no file ${path}`, { cause: error })
      : new RedomaError('FILE_FAILED', `cannot read ${path} (${systemCode(error) ?? 'unknown'})`, {
          cause: error,
        })
  })
  const stats = await file.stat()
  if (!stats.isFile()) {
    await file.close()
    throw new RedomaError('FILE_FAILED', `cannot read ${path}: it is no regular file`)
  }
  return {
    size: stats.size,
    read: (start, end) => readFully(file, start, end),
    [Symbol.asyncDispose]: () => file.close(),
  }
}

/**
 * All of a file of other people's, in memory.
 *
 * @throws RedomaError `NOT_FOUND`, `FILE_FAILED`; `LIMIT_EXCEEDED` when it is longer than `limitBytes`
 */
export async function readLocalFile(path: string, limitBytes: number): Promise<Uint8Array> {
  await using file = await openLocalFile(path)
  if (file.size > limitBytes) {
    throw new RedomaError('LIMIT_EXCEEDED', `${path} is longer than ${limitBytes} bytes`)
  }
  return await file.read(0, file.size)
}

async function readFully(file: FileHandle, start: number, end: number): Promise<Uint8Array> {
  const bytes = unfilled(end - start)
  let filled = 0
  while (filled < bytes.length) {
    const { bytesRead } = await file.read(bytes, filled, bytes.length - filled, start + filled)
    if (bytesRead === 0) break
    filled += bytesRead
  }
  return bytes.subarray(0, filled)
}
