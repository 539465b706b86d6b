import { isRedomaError, RedomaError } from '../core/errors.ts'
import type { DestinationRecord } from '../ports/catalogue.ts'
import { isWriteOnly } from '../ports/destination-spec.ts'
import type { Locking } from '../repository/locks/locking.ts'
import { openRepository } from '../repository/open.ts'
import type { Repository } from '../repository/repository.ts'
import type { SystemRepositoryDeps } from './restore-system.ts'
import { sharesRepository } from './system-repository.ts'
import type { Target } from './target.ts'
import { onlyWrittenTo } from './write-only.ts'

/**
 * Opens the repository of a target for work that counts on it: it has to be the one that the catalogue knows, where it knows one.
 *
 * @throws RedomaError `REPOSITORY_EXCHANGED`, `DESTINATION_FORBIDDEN` where it is only written to, and those of `openRepository`
 */
export async function openRepositoryOf(
  deps: SystemRepositoryDeps,
  target: Target,
  locking: Partial<Locking> | undefined,
  signal: AbortSignal,
): Promise<Repository> {
  const { record } = target
  const repository = await openAnyRepositoryOf(deps, target, locking, signal)
  const found = repository.config.id
  if (record.repositoryId === undefined || record.repositoryId === found) return repository
  repository[Symbol.dispose]()
  throw exchanged(record, found)
}

/**
 * The same, whichever it is.
 *
 * @throws RedomaError those of `openRepository`
 */
export async function openAnyRepositoryOf(
  { clock, primitives, fileCalls }: SystemRepositoryDeps,
  { record, repository: access }: Target,
  locking: Partial<Locking> | undefined,
  signal: AbortSignal,
): Promise<Repository> {
  if (isWriteOnly(record.spec)) throw onlyWrittenTo(record)
  try {
    return await openRepository({ clock, primitives, fileCalls, ...access, locking }, signal)
  } catch (error) {
    throw isRedomaError(error, 'KEY_WRONG') ? keyGone(record, error) : error
  }
}

function exchanged({ name, repositoryId = '' }: DestinationRecord, found: string): RedomaError {
  const [known, other] = [repositoryId, found].map((id) => id.slice(0, 10))
  return new RedomaError(
    'REPOSITORY_EXCHANGED',
    `the repository at ${name} is another one: ${other}, and not ${known} as before`,
    { hint: `Is the right disk mounted? If it was replaced on purpose: redoma destination accept ${name}` },
  )
}

/** A repository that somebody else made there has other keys; in a shared one ours can be removed. */
function keyGone({ name, spec, repositoryKey }: DestinationRecord, cause: RedomaError): RedomaError {
  // Only who joined it can do so again; another's removal would lose the password of a disk that is merely not mounted.
  const next = !sharesRepository(spec)
    ? 'If not, mount it. The password of this one is kept: do not remove the destination.'
    : `Was its key ${(repositoryKey ?? '').slice(0, 8)} removed? Then, with a password that opens the repository: redoma destination remove ${name}, and redoma destination add ${name} --local ${spec.path} --repository ${spec.repository}`
  const hint = `Is the right disk mounted? ${next}`
  return new RedomaError('KEY_WRONG', `at ${name}, ${cause.message}`, { hint, cause: cause.cause })
}
