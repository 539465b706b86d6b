import type { Secret } from '../../core/secret.ts'
import { bodyOf } from '../../ports/destination.ts'
import type { ObjectId } from '../ids.ts'
import { objectNameOf } from '../objects.ts'
import type { Repository } from '../repository.ts'
import { createKey } from './create-key.ts'
import { removeKey } from './remove-key.ts'

/**
 * Adds a key file by which another password opens the repository, durably; where that fails it is removed again, as far as that is
 * possible. Under no lock, as nothing that others do under theirs touches keys.
 *
 * @throws RedomaError `PASSWORD_WEAK`, and those of the destination
 */
export async function addKey(
  repository: Repository,
  key: { readonly password: Secret; readonly username: string; readonly hostname: string },
  signal: AbortSignal,
): Promise<ObjectId> {
  const { masterKey, clock, destination, primitives } = repository
  const { id, bytes } = await createKey({ ...key, masterKey, created: clock.now() }, primitives)
  try {
    await destination.put(objectNameOf(repository, 'keys', id), bodyOf(bytes), signal)
    await destination.flush(signal)
    return id
  } catch (error) {
    await removeKey(repository, id, new AbortController().signal).catch(() => undefined)
    throw error
  }
}
