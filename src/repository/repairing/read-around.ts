import { isRedomaError } from '../../core/errors.ts'
import type { ObjectId } from '../ids.ts'
import { isTooLong, isUnreadable, objectNameOf, readObject } from '../objects.ts'
import type { Repository } from '../repository.ts'

/** What a disk reads at once: less of it cannot be had where one sector is bad. */
const leastBytes = 4096

/**
 * A pack as far as it can be read. What cannot be is zeros, which no blob opens out of; a pack that is gone is empty.
 *
 * @param longest of one that is longer, its first so many bytes are read
 * @throws RedomaError those of the destination
 */
export async function readAround(
  repository: Repository,
  pack: ObjectId,
  longest: number,
  signal: AbortSignal,
): Promise<Uint8Array> {
  try {
    return await readObject(repository, 'data', pack, undefined, signal)
  } catch (error) {
    if (!isRedomaError(error, 'REPOSITORY_DAMAGED')) throw error
    if (!isUnreadable(error) && !isTooLong(error)) return new Uint8Array(0)
  }
  const bytes = new Uint8Array(Math.min(longest, await sizeOf(repository, pack, signal)))
  /** Halves what cannot be read until the bad sectors are left. */
  const fill = async (offset: number, length: number): Promise<void> => {
    try {
      bytes.set(await readObject(repository, 'data', pack, { offset, length }, signal), offset)
    } catch (error) {
      if (!isUnreadable(error)) throw error
      if (length <= leastBytes) return
      const half = Math.ceil(length / 2 / leastBytes) * leastBytes
      await fill(offset, half)
      await fill(offset + half, length - half)
    }
  }
  await fill(0, bytes.length)
  return bytes
}

/** In bytes. */
async function sizeOf(
  { destination, ...at }: Repository,
  pack: ObjectId,
  signal: AbortSignal,
): Promise<number> {
  const name = objectNameOf({ destination, ...at }, 'data', pack)
  for await (const object of destination.list(name, signal)) {
    if (object.name === name) return object.size
  }
  return 0
}
