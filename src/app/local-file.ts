import { type FileHandle, open } from 'node:fs/promises'
import { RedomaError, systemCode } from '../core/errors.ts'

/** A file on this machine whose bytes can be had from anywhere. */
export interface LocalFile extends AsyncDisposable {
  /** In bytes. */
  readonly size: number
  /** The bytes from `start` to before `end`, fewer where the file ends. */
  read(start: number, end: number): Promise<Uint8Array>
}

/** @throws RedomaError `NOT_FOUND`, `FILE_FAILED` */
export async function openLocalFile(path: string): Promise<LocalFile> {
  const file = await open(path, 'r').catch((error: unknown) => {
    throw systemCode(error) === 'ENOENT'
      ? new RedomaError('NOT_FOUND', `there is no file ${path}`, { cause: error })
      : new RedomaError('FILE_FAILED', `cannot read ${path} (${systemCode(error) ?? 'unknown'})`, {
          cause: error,
        })
  })
  const { size } = await file.stat()
  return {
    size,
    read: (start, end) => readFully(file, start, end),
    [Symbol.asyncDispose]: () => file.close(),
  }
}

async function readFully(file: FileHandle, start: number, end: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(end - start)
  let filled = 0
  while (filled < bytes.length) {
    const { bytesRead } = await file.read(bytes, filled, bytes.length - filled, start + filled)
    if (bytesRead === 0) break
    filled += bytesRead
  }
  return bytes.subarray(0, filled)
}
