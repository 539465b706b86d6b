import { getSystemErrorMap } from 'node:util'
import { isRedomaError, messageOf, systemCode } from '../../core/errors.ts'
import type { RawPath } from '../files/raw-path.ts'
import { targetFailure } from './target-failure.ts'

/**
 * What is told of an entry that could not be restored. Its path is told beside it: the one in the system's own message is
 * that of a held folder, and means nothing to people.
 *
 * @throws RedomaError what ends the restore: see target-failure.ts. And what is no fault of an entry
 */
export function entryProblem(error: unknown): string {
  if (isRedomaError(error)) return error.message
  const failure = targetFailure(error)
  if (failure !== undefined) throw failure
  const code = systemCode(error)
  if (code === undefined) throw error
  return known[code] ?? textOf(code) ?? messageOf(error)
}

const known: Readonly<Record<string, string>> = {
  ELOOP: 'a symbolic link is in its place',
  EISDIR: 'a folder is in its place',
  ENOTDIR: 'what it belongs in is no folder, or no longer',
}

function textOf(code: string): string | undefined {
  const found = getSystemErrorMap()
    .values()
    .find(([name]) => name === code)
  return found === undefined ? undefined : `${code}: ${found[1]}`
}

/** Does something with an entry; what is wrong with it is told, and ends nothing else. @throws as `entryProblem` */
export function attempt(
  path: RawPath,
  onProblem: (path: RawPath, message: string) => void,
  work: () => void,
): void {
  try {
    work()
  } catch (error) {
    onProblem(path, entryProblem(error))
  }
}
