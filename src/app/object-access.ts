import { collectBytes } from '../core/bytes.ts'
import type { RandomAccessFile } from '../crypto/age/random-access.ts'
import type { Destination, ObjectName } from '../ports/destination.ts'

/** Asked for at a time: a request to a distant store costs as much as some megabytes. */
const blockBytes = 4 * 1024 * 1024

/**
 * An object at a destination as a file to be read from anywhere; one block is kept, so that what is read from front to back is
 * asked for once.
 */
export function objectAccess(
  destination: Destination,
  name: ObjectName,
  size: number,
  signal: AbortSignal,
): RandomAccessFile {
  let kept = { start: 0, bytes: new Uint8Array(0) }
  return {
    size,
    async read(start, end) {
      const isKept = start >= kept.start && end <= kept.start + kept.bytes.length
      if (!isKept) {
        const length = Math.min(size, Math.max(end, start + blockBytes)) - start
        const range = { offset: start, length }
        kept = {
          start,
          bytes: new Uint8Array(await collectBytes(destination.get(name, range, signal), length)),
        }
      }
      return kept.bytes.slice(start - kept.start, end - kept.start)
    },
  }
}
