import { isRedomaError, RedomaError } from '../core/errors.ts'
import type { Secret } from '../core/secret.ts'
import type { Destination } from '../ports/destination.ts'
import type { ObjectId } from '../repository/ids.ts'
import { addKey } from '../repository/keys/add-key.ts'
import { removeKey } from '../repository/keys/remove-key.ts'
import { openRepository } from '../repository/open.ts'
import type { Repository, RepositoryPlace } from '../repository/repository.ts'
import { randomPassword } from './random-password.ts'
import type { SystemRepositoryDeps } from './restore-system.ts'

/** A repository that this instance has a key to from now on. */
export interface JoinedRepository {
  /** `config.id` of it. */
  readonly id: string
  /** Id of the key file. */
  readonly key: ObjectId
  /** Of that key. */
  readonly password: Secret
  /** Removes the key again, as far as that is possible. */
  leave(): Promise<void>
}

/**
 * Opens a repository that is there, of another instance or of restic's, and adds a key for this instance: so the password that was
 * given is not kept, and the key of each host can be removed by itself. The new key was read back and has opened the repository.
 *
 * @throws RedomaError `REPOSITORY_MISSING`, `KEY_WRONG`, `FORMAT_UNKNOWN`, `REPOSITORY_DAMAGED`, and those of the destination
 */
export type JoinRepository = (
  where: JoinedPlace,
  password: Secret,
  signal: AbortSignal,
) => Promise<JoinedRepository>

export interface JoinedPlace {
  readonly destination: Destination
  readonly prefix: string
  /** For people. */
  readonly location: string
}

export interface JoinRepositoryDeps extends SystemRepositoryDeps {
  /** Whose key it is, for people: `restic key list` shows it. */
  readonly hostName: string
  readonly actor: string
}

export function makeJoinRepository(deps: JoinRepositoryDeps): JoinRepository {
  const { clock, primitives, fileCalls } = deps
  return async ({ destination, prefix, location }, given, signal) => {
    const tools = { clock, primitives, fileCalls }
    const place = { ...tools, destination, prefix, password: given }
    using repository = await open(place, location, signal)
    const password = randomPassword()
    const who = { username: deps.actor, hostname: deps.hostName }
    const key = await addKey(repository, { password, ...who }, signal)
    const leave = (): Promise<void> =>
      removeKey(place, key, new AbortController().signal).catch(() => undefined)
    try {
      using again = await openRepository({ ...place, password, key }, signal)
      return { id: again.config.id, key, password, leave }
    } catch (error) {
      await leave()
      throw error
    }
  }
}

async function open(place: RepositoryPlace, folder: string, signal: AbortSignal): Promise<Repository> {
  try {
    return await openRepository(place, signal)
  } catch (error) {
    if (isRedomaError(error, 'KEY_WRONG')) {
      const { cause } = error
      const message = `the password opens none of the keys of the repository in ${folder}`
      throw new RedomaError('KEY_WRONG', message, { cause })
    }
    if (!isRedomaError(error, 'REPOSITORY_MISSING')) throw error
    throw new RedomaError('REPOSITORY_MISSING', `there is no repository in ${folder}`, {
      hint: 'That of another instance is the folder system in its destination.',
      cause: error,
    })
  }
}
