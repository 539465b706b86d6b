import type { ObjectId } from '../ids.ts'
import { objectNameOf } from '../objects.ts'
import type { RepositoryPlace } from '../repository.ts'

/** Removes a key file, durably: the password of it opens the repository no more. The master key stays what it is. */
export async function removeKey(
  place: Pick<RepositoryPlace, 'destination' | 'prefix'>,
  id: ObjectId,
  signal: AbortSignal,
): Promise<void> {
  await place.destination.remove(objectNameOf(place, 'keys', id), signal)
  await place.destination.flush(signal)
}
