import { isRedomaError, RedomaError } from '../../core/errors.ts'
import type { ObjectId } from '../ids.ts'
import { readIndexFiles } from '../index/read-index-files.ts'
import { listObjects, objectNameOf } from '../objects.ts'
import { packBytesOf } from '../packs/read-pack-header.ts'
import type { Repository } from '../repository.ts'
import type { Inventory } from './load-inventory.ts'

/**
 * Looks whether the new indexes came to be, and each pack that they name, in its whole length: shares have lost the end of a
 * file without a word, and the next step removes where everything came from. What is not as it should be is taken back.
 *
 * @throws RedomaError `VERIFICATION_FAILED`, with the repository as it was
 */
export async function verifyWritten(
  repository: Repository,
  { indexes }: Inventory,
  signal: AbortSignal,
): Promise<void> {
  const before = new Set(indexes.map(({ id }) => id))
  const written: ObjectId[] = []
  for await (const { id } of listObjects(repository, 'index', signal)) if (!before.has(id)) written.push(id)
  if (written.length === 0) return
  try {
    await requireWhole(repository, written, signal)
  } catch (cause) {
    if (!isRedomaError(cause, 'REPOSITORY_DAMAGED')) throw cause
    // Everything that they name is in the old indexes too.
    for (const id of written)
      await repository.destination.remove(objectNameOf(repository, 'index', id), signal)
    throw new RedomaError(
      'VERIFICATION_FAILED',
      `what was written is not at the destination: ${cause.message}`,
      {
        hint: 'Nothing was removed. The destination may be full or failing: redoma destination test',
        cause,
      },
    )
  }
}

async function requireWhole(
  repository: Repository,
  written: readonly ObjectId[],
  signal: AbortSignal,
): Promise<void> {
  const sizes = new Map<ObjectId, number>()
  for await (const { id, size } of listObjects(repository, 'data', signal)) sizes.set(id, size)
  for await (const index of readIndexFiles(repository, written, signal)) {
    for (const { id, blobs } of index.packs) {
      const size = sizes.get(id)
      if (size === packBytesOf(blobs)) continue
      throw new RedomaError(
        'REPOSITORY_DAMAGED',
        `the pack ${id} ${size === undefined ? 'is missing' : 'is cut off'}`,
      )
    }
  }
}
