import { isRedomaError, RedomaError } from '../core/errors.ts'
import type { Destination, ObjectName, ReadsInto } from '../ports/destination.ts'

/**
 * Objects in a row that cannot be read, after which nobody waits for the next: with half of a disk gone it happens once in four billion
 * times. A disk that was pulled out may still give what the system remembers of it, so that one reading is no proof.
 */
const lostAfter = 32

/**
 * Reads once more what cannot be read: a bus or a share may have stumbled. Tells an object that cannot be read, which is damage of that
 * object, from a destination that is lost: there, what could be read before cannot be read either.
 *
 * @returns `inner`, whose reading may throw `DESTINATION_FAILED` in place of `OBJECT_UNREADABLE`
 */
export function withSecondReading<Inner extends Destination & ReadsInto>(inner: Inner): Inner {
  /** What was read last. */
  let witness: ObjectName | undefined
  const unreadable = new Set<ObjectName>()

  function isReadable(name: ObjectName): void {
    witness = name
    if (unreadable.size > 0) unreadable.clear()
  }

  /** Returns when the object may be read once more. */
  async function doubt(name: ObjectName, error: unknown, signal: AbortSignal): Promise<void> {
    if (!isRedomaError(error, 'OBJECT_UNREADABLE')) throw error
    unreadable.add(name)
    if (unreadable.size >= lostAfter) throw lost(`${unreadable.size} objects in a row cannot be read`, error)
    if (witness === undefined || witness === name || (await answers(witness, signal))) return
    throw lost('what could be read before cannot be read either', error)
  }

  /** That there is no such object any more is an answer. */
  async function answers(name: ObjectName, signal: AbortSignal): Promise<boolean> {
    try {
      await inner.readInto(name, 0, new Uint8Array(1), signal)
    } catch (error) {
      if (isRedomaError(error, 'OBJECT_UNREADABLE')) return false
      if (!isRedomaError(error, 'OBJECT_NOT_FOUND') && !isRedomaError(error, 'DATA_DAMAGED')) throw error
    }
    return true
  }

  return {
    ...inner,
    async *get(name, range, signal) {
      let done = 0
      try {
        for await (const chunk of inner.get(name, range, signal)) {
          done += chunk.length
          yield chunk
        }
      } catch (error) {
        await doubt(name, error, signal)
        yield* without(done, inner.get(name, range, signal))
      }
      isReadable(name)
    },
    async readInto(name, offset, out, signal) {
      try {
        await inner.readInto(name, offset, out, signal)
      } catch (error) {
        await doubt(name, error, signal)
        await inner.readInto(name, offset, out, signal)
      }
      isReadable(name)
    },
  }
}

/** What comes after the first bytes, which were given before. */
async function* without(bytes: number, chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let left = bytes
  for await (const chunk of chunks) {
    if (left < chunk.length) yield chunk.subarray(left)
    left = Math.max(0, left - chunk.length)
  }
}

function lost(why: string, cause: RedomaError): RedomaError {
  return new RedomaError('DESTINATION_FAILED', `the destination is lost: ${why}; ${cause.message}`, {
    hint: cause.hint,
    cause,
  })
}
