import { RedomaError } from '../../core/errors.ts'

/** Memory that several threads see and any of them may let grow. Address space is reserved, pages are taken when first written to. */
export function growableMemory(bytes: number, reservedBytes: number): SharedArrayBuffer {
  return new SharedArrayBuffer(bytes, { maxByteLength: reservedBytes })
}

/** To at least so many bytes. */
export function growTo(memory: SharedArrayBuffer, bytes: number): void {
  try {
    if (memory.byteLength < bytes) memory.grow(bytes)
  } catch (cause) {
    // Another thread was faster, or there is no room left.
    if (memory.byteLength < bytes) throw tooManyBlobs(cause)
  }
}

export function tooManyBlobs(cause?: unknown): RedomaError {
  return new RedomaError('LIMIT_EXCEEDED', 'more blobs than the index has room for', { cause })
}
