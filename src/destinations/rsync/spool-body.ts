import { type FileHandle, open } from 'node:fs/promises'
import { messageOf, RedomaError } from '../../core/errors.ts'
import type { ObjectBody } from '../../ports/destination.ts'

/**
 * Writes a body into a new file. It is not synced: what is in the spool is promised to nobody.
 *
 * @param onLength before so many bytes lie there
 * @returns its length
 * @throws RedomaError `DATA_DAMAGED` when it is not as long as it says; `DESTINATION_FAILED` when the spool cannot hold it
 */
export async function spoolBody(
  path: string,
  name: string,
  body: ObjectBody,
  signal: AbortSignal,
  onLength: (length: number) => Promise<void>,
): Promise<number> {
  await using file = await onSpool(name, () => open(path, 'wx', 0o600))
  let length = 0
  for await (const chunk of body.open()) {
    signal.throwIfAborted()
    await onLength(length + chunk.length)
    await onSpool(name, () => writeAll(file, chunk))
    length += chunk.length
  }
  signal.throwIfAborted()
  if (body.size !== undefined && body.size !== length) {
    throw new RedomaError('DATA_DAMAGED', `the body of ${name} had ${length} bytes, expected ${body.size}`)
  }
  return length
}

async function writeAll(file: FileHandle, chunk: Uint8Array): Promise<void> {
  for (let written = 0; written < chunk.length; ) {
    const { bytesWritten } = await file.write(chunk, written)
    written += bytesWritten
  }
}

/** What fails on this machine's own disk. */
export async function onSpool<T>(name: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call()
  } catch (error) {
    throw new RedomaError('DESTINATION_FAILED', `${name} cannot be spooled: ${messageOf(error)}`, {
      hint: 'Free space where the instance’s folder is: what is sent by rsync lies there until then.',
      cause: error,
    })
  }
}
