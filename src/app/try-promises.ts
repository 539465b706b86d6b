import { isRedomaError, messageOf } from '../core/errors.ts'
import type { Failure } from '../ports/catalogue.ts'
import type { Progress } from '../ports/progress.ts'
import type { DestinationPromise, TestPlace } from './destination-promises.ts'

/** One line of the report. */
export interface DestinationCheck {
  readonly about: DestinationPromise['about']
  readonly title: string
  readonly outcome:
    | { readonly kind: 'kept' }
    | { readonly kind: 'broken'; readonly failure: Failure }
    /** It cannot be tried there, and nothing is said of it. */
    | { readonly kind: 'not-possible'; readonly why: string }
}

/** Tries one promise after the other; where the place is not there, the first alone. */
export async function tryAll(
  place: TestPlace,
  promises: readonly DestinationPromise[],
  title: string,
  progress: Progress,
): Promise<DestinationCheck[]> {
  progress({ kind: 'step', title, total: promises.length, unit: 'records' })
  const checks: DestinationCheck[] = []
  for (const promise of promises) {
    checks.push(await tryOne(promise, place))
    progress({ kind: 'advance', done: checks.length, detail: promise.title })
    // Nothing else can be said of a place that is not there.
    if (isUnreachable(checks.at(-1))) break
  }
  return checks
}

async function tryOne(promise: DestinationPromise, place: TestPlace): Promise<DestinationCheck> {
  const { about, title } = promise
  try {
    await promise.hold(place)
    return { about, title, outcome: { kind: 'kept' } }
  } catch (error) {
    place.signal.throwIfAborted()
    const { code, hint } = isRedomaError(error)
      ? error
      : { code: 'DESTINATION_FAILED' as const, hint: undefined }
    return { about, title, outcome: { kind: 'broken', failure: { code, message: messageOf(error), hint } } }
  }
}

function isUnreachable(check: DestinationCheck | undefined): boolean {
  return check?.outcome.kind === 'broken' && check.outcome.failure.code === 'DESTINATION_UNREACHABLE'
}
