import { type ErrorCode, isRedomaError, messageOf } from '../core/errors.ts'
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

/** Who the place does not let in, it tells the same whatever he tries. */
export const refusals: ReadonlySet<ErrorCode> = new Set([
  'DESTINATION_FORBIDDEN',
  'KEY_WRONG',
  'HOST_KEY_CHANGED',
  'CERTIFICATE_REFUSED',
])

/** Tries one promise after the other; where the place is not there, or lets nobody in, not those after it. */
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
    if (saysAll(checks.at(-1))) break
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

/** Nothing else can be said of the place then. */
export function saysAll(check: DestinationCheck | undefined): boolean {
  if (check?.outcome.kind !== 'broken') return false
  const { code } = check.outcome.failure
  return code === 'DESTINATION_UNREACHABLE' || refusals.has(code)
}
