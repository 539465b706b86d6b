import type { RandomAccess } from '../../bundle/zip/random-access.ts'
import { RedomaError } from '../../core/errors.ts'

/** A file of the browser's, from anywhere in it: it is never read whole. */
export function fileOf(blob: Blob): RandomAccess {
  return {
    size: blob.size,
    async read(start, end) {
      return bytesOf(blob.slice(start, end))
    },
  }
}

/** @throws RedomaError `FILE_FAILED` when it is gone, or has changed since it was chosen; `LIMIT_EXCEEDED` */
export async function bytesOf(blob: Blob, limitBytes = Infinity): Promise<Uint8Array> {
  if (blob.size > limitBytes) throw new RedomaError('LIMIT_EXCEEDED', `more than ${limitBytes} bytes`)
  try {
    return new Uint8Array(await blob.arrayBuffer())
  } catch (error) {
    throw new RedomaError('FILE_FAILED', 'the file cannot be read any more', { cause: error })
  }
}

export async function blobOf(chunks: AsyncIterable<Uint8Array>): Promise<Blob> {
  const parts: BlobPart[] = []
  for await (const chunk of chunks) parts.push(chunk.slice())
  return new Blob(parts)
}
