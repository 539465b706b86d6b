import { type ErrorCode, isRedomaError, messageOf } from '../../core/errors.ts'
import type { OnRepositoryEvent } from '../repository.ts'
import type { CheckProblem } from './check-report.ts'

/** What says that the repository is damaged, and not that the destination cannot be reached. */
const damageCodes = new Set<ErrorCode>([
  'DATA_DAMAGED',
  'FORMAT_UNKNOWN',
  'LIMIT_EXCEEDED',
  'OBJECT_NOT_FOUND',
  'OBJECT_UNREADABLE',
  'PATH_UNSAFE',
  'REPOSITORY_DAMAGED',
])

/** More are counted as one: a lost disk must not fill the memory with complaints. */
const maxProblems = 10_000

/** Collects what is wrong, so that a check goes on to the end. */
export interface ProblemList {
  readonly problems: readonly CheckProblem[]
  readonly hints: readonly string[]
  /** Something untidy that harms nobody. */
  hint(message: string): void
  add(object: string, message: string, hint?: string): void
  /** Does `work`; damage that it meets becomes a problem of `object`, and the result `undefined`. */
  attempt<T>(object: string, work: () => T | Promise<T>): Promise<T | undefined>
}

export function makeProblemList(onEvent: OnRepositoryEvent): ProblemList {
  const problems: CheckProblem[] = []
  const hints: string[] = []

  const add = (object: string, message: string, hint?: string): void => {
    if (problems.length === maxProblems) problems.push({ object: '…', message: 'and more' })
    if (problems.length > maxProblems) return
    problems.push({ object, message, hint })
    onEvent({ kind: 'problem', problem: { path: object, message } })
  }

  const attempt = async <T>(object: string, work: () => T | Promise<T>): Promise<T | undefined> => {
    try {
      return await work()
    } catch (error) {
      if (!isRedomaError(error) || !damageCodes.has(error.code)) throw error
      add(object, describe(error), error.hint)
      return undefined
    }
  }

  return { problems, hints, hint: (message) => hints.push(message), add, attempt }
}

/** The message, and that of the cause, which says what exactly is damaged. */
function describe(error: Error): string {
  return error.cause === undefined ? error.message : `${error.message}: ${messageOf(error.cause)}`
}
