import type { FileHandle } from 'node:fs/promises'
import { RedomaError } from '../../core/errors.ts'
import type { ByteRange } from '../../ports/destination.ts'
import { calling, readingFailure } from './failures.ts'
import { openFile, type Root } from './folders.ts'

/** A range is wanted whole, so it comes whole up to here; packs are 16 MiB. */
const rangeChunkBytes = 32 * 1024 * 1024
/** A whole object may be of any size and is worked on as it comes. */
const streamChunkBytes = 4 * 1024 * 1024

/** An object that can be read at places. Close it. */
export interface OpenObject extends AsyncDisposable {
  readonly size: number
  /**
   * Fills `out` with the bytes from `offset` on.
   *
   * @throws RedomaError `DATA_DAMAGED` when it became shorter, `OBJECT_UNREADABLE`
   */
  read(out: Uint8Array, offset: number): Promise<void>
}

/**
 * @throws RedomaError `OBJECT_NOT_FOUND`, `OBJECT_UNREADABLE`; `DATA_DAMAGED` when not all of `range` exists
 */
export async function openObject(
  root: Root,
  name: string,
  range?: ByteRange,
): Promise<OpenObject & { readonly range: ByteRange }> {
  const file = await openFile(root, name)
  if (file === undefined) throw new RedomaError('OBJECT_NOT_FOUND', `there is no ${name}`)
  try {
    const size = await sizeOf(file, name)
    const { offset, length } = range ?? { offset: 0, length: size }
    if (offset + length > size) throw tooShort(name, size, offset + length)
    return {
      size,
      range: { offset, length },
      read: (out, at) => readFull(file, name, out, at),
      [Symbol.asyncDispose]: () => file.close(),
    }
  } catch (error) {
    await file.close()
    throw error
  }
}

export async function* readObject(
  root: Root,
  name: string,
  range: ByteRange | undefined,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  await using object = await openObject(root, name, range)
  const { offset, length } = object.range
  const chunkBytes = range === undefined ? streamChunkBytes : rangeChunkBytes
  for (let done = 0; done < length; ) {
    signal.throwIfAborted()
    const chunk = Buffer.allocUnsafeSlow(Math.min(chunkBytes, length - done))
    await object.read(chunk, offset + done)
    yield chunk
    done += chunk.length
  }
}

export async function readObjectInto(
  root: Root,
  name: string,
  offset: number,
  out: Uint8Array,
  signal: AbortSignal,
): Promise<void> {
  await using object = await openObject(root, name, { offset, length: out.length })
  signal.throwIfAborted()
  await object.read(out, offset)
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
