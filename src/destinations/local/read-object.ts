import type { FileHandle } from 'node:fs/promises'
import { RedomaError } from '../../core/errors.ts'
import type { ByteRange } from '../../ports/destination.ts'
import { calling, readingFailure } from './failures.ts'
import { findRoot, openFile } from './folders.ts'

/** A range is wanted whole, so it comes whole up to here; packs are 16 MiB. */
const rangeChunkBytes = 32 * 1024 * 1024
/** A whole object may be of any size and is worked on as it comes. */
const streamChunkBytes = 4 * 1024 * 1024

export async function* readObject(
  path: string,
  name: string,
  range: ByteRange | undefined,
  signal: AbortSignal,
): AsyncIterable<Uint8Array> {
  await using file = await openObject(path, name)
  const size = await sizeOf(file, name)
  const { offset, length } = range ?? { offset: 0, length: size }
  if (offset + length > size) throw tooShort(name, size, offset + length)
  const chunkBytes = range === undefined ? streamChunkBytes : rangeChunkBytes
  for (let done = 0; done < length; ) {
    signal.throwIfAborted()
    const chunk = Buffer.allocUnsafeSlow(Math.min(chunkBytes, length - done))
    await readFull(file, name, chunk, offset + done)
    yield chunk
    done += chunk.length
  }
}

export async function readObjectInto(
  path: string,
  name: string,
  offset: number,
  out: Uint8Array,
  signal: AbortSignal,
): Promise<void> {
  await using file = await openObject(path, name)
  const size = await sizeOf(file, name)
  if (offset + out.length > size) throw tooShort(name, size, offset + out.length)
  signal.throwIfAborted()
  await readFull(file, name, out, offset)
}

async function openObject(path: string, name: string): Promise<FileHandle> {
  const file = await openFile(await findRoot(path), name)
  if (file === undefined) throw new RedomaError('OBJECT_NOT_FOUND', `there is no ${name}`)
  return file
}

async function sizeOf(file: FileHandle, name: string): Promise<number> {
  const stat = await calling(`looking at ${name}`, () => file.stat())
  if (!stat.isFile()) throw new RedomaError('OBJECT_NOT_FOUND', `${name} is not a file`)
  return stat.size
}

async function readFull(file: FileHandle, name: string, chunk: Uint8Array, position: number): Promise<void> {
  for (let done = 0; done < chunk.length; ) {
    const read = (): Promise<{ readonly bytesRead: number }> =>
      file.read(chunk, done, chunk.length - done, position + done)
    const { bytesRead } = await calling(`reading ${name}`, read, readingFailure)
    if (bytesRead === 0) throw tooShort(name, position + done, position + chunk.length)
    done += bytesRead
  }
}

function tooShort(name: string, size: number, expected: number): RedomaError {
  return new RedomaError('DATA_DAMAGED', `${name} has ${size} bytes, expected ${expected}`)
}
