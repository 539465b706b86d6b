import type { FileHandle } from 'node:fs/promises'
import { RedomaError } from '../../core/errors.ts'
import type { ByteRange } from '../../ports/destination.ts'

/** A whole object may be of any size and is worked on as it comes. */
const chunkBytes = 4 * 1024 * 1024

/** All of an object's file, or a part of it, all of which must exist. @throws RedomaError `DATA_DAMAGED` */
export async function* readParts(
  file: FileHandle,
  name: string,
  range: ByteRange | undefined,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const { size } = await file.stat()
  const { offset, length } = range ?? { offset: 0, length: size }
  if (offset + length > size) throw tooShort(name, size, offset + length)
  for (let done = 0; done < length; ) {
    signal.throwIfAborted()
    const chunk = Buffer.allocUnsafeSlow(Math.min(chunkBytes, length - done))
    await readInto(file, name, offset + done, chunk)
    yield chunk
    done += chunk.length
  }
}

/** @throws RedomaError `DATA_DAMAGED` */
export async function readInto(
  file: FileHandle,
  name: string,
  offset: number,
  out: Uint8Array,
): Promise<void> {
  for (let done = 0; done < out.length; ) {
    const { bytesRead } = await file.read(out, done, out.length - done, offset + done)
    if (bytesRead === 0) throw tooShort(name, offset + done, offset + out.length)
    done += bytesRead
  }
}

function tooShort(name: string, size: number, expected: number): RedomaError {
  return new RedomaError('DATA_DAMAGED', `${name} has ${size} bytes, expected ${expected}`)
}
