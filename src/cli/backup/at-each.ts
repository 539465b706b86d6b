import { failureOf } from '../../app/failed-part.ts'
import type { Target } from '../../app/target.ts'
import { isRedomaError } from '../../core/errors.ts'
import type { Failure } from '../../ports/catalogue.ts'
import type { Context } from '../context.ts'
import { type ExitCode, exitCodeOfAll } from '../exit-codes.ts'
import { describeFailure, exitCodeOf, failureLines } from '../failure.ts'

/** A destination at which it failed. */
export interface FailedAt {
  readonly destination: string
  readonly failure: Failure
  readonly exitCode: ExitCode
}

/** What became of it at each. */
export interface AtEach<T> {
  readonly done: ReadonlyMap<Target, T>
  readonly failed: readonly FailedAt[]
}

/**
 * Does the same at one destination after the other. One at which it fails is told of at once, and does not stop the others.
 *
 * @throws what `work` throws at the only destination, and what is about the words of the command: `USAGE`, `AMBIGUOUS`
 */
export async function atEach<T>(
  { terminal, signal }: Context,
  targets: readonly Target[],
  work: (target: Target) => Promise<T>,
): Promise<AtEach<T>> {
  const done = new Map<Target, T>()
  const failed: FailedAt[] = []
  for (const target of targets) {
    const destination = target.record.name
    try {
      done.set(target, await work(target))
    } catch (error) {
      signal.throwIfAborted()
      const isOfWords = isRedomaError(error, 'USAGE') || isRedomaError(error, 'AMBIGUOUS')
      if (targets.length === 1 || isOfWords) throw error
      const told = describeFailure(error)
      const lines = failureLines({ ...told, error: `${destination}: ${told.error}` }, terminal.noteStyle)
      terminal.note(...lines)
      failed.push({ destination, failure: failureOf(error), exitCode: exitCodeOf(error) })
    }
  }
  return { done, failed }
}

/** Ends the command with the exit code of what failed; whatever else it ends with counts less. */
export function finishFailed(context: Context, failed: readonly FailedAt[]): void {
  if (failed.length > 0) context.finish(exitCodeOfAll(failed.map(({ exitCode }) => exitCode)))
}

/** What `--json` says of it. */
export function failedJson({ destination, failure }: FailedAt): object {
  return { destination, state: 'failed', failure }
}
