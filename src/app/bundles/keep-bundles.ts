import { messageOf } from '../../core/errors.ts'
import type { Catalogue } from '../../ports/catalogue.ts'
import { readShelves } from '../coverage/shelves.ts'
import type { Target } from '../target.ts'
import type { ForgetBundles } from './forget-bundles.ts'
import type { PlanForgetBundles } from './plan-forget-bundles.ts'

/**
 * Applies the policy of a destination, where there is one. What fails there is a warning: that old bundles stay is no reason to call a new
 * one failed.
 *
 * @returns warnings, a sentence each
 */
export type KeepBundles = (target: Target, signal: AbortSignal) => Promise<readonly string[]>

export interface KeepBundlesDeps {
  readonly catalogue: Pick<Catalogue, 'bundleRetention' | 'bundles' | 'destinations' | 'ledgers' | 'openings'>
  readonly planForgetBundles: PlanForgetBundles
  readonly forgetBundles: ForgetBundles
}

export function makeKeepBundles(deps: KeepBundlesDeps): KeepBundles {
  return async (target, signal) => {
    const policy = await deps.catalogue.bundleRetention.effective(target.record.id)
    if (policy === undefined || policy.length === 0) return []
    try {
      const plan = await deps.planForgetBundles(target, policy, signal)
      const { removed, warnings } = await deps.forgetBundles(target, plan, signal)
      if (removed > 0) await forgetGoneContents(deps.catalogue)
      return warnings
    } catch (error) {
      signal.throwIfAborted()
      return [`Old bundles at ${target.record.name} could not be removed: ${messageOf(error)}`]
    }
  }
}

/** What the catalogue knows of bundles that lie nowhere any more and were never opened is of use to nobody. */
export async function forgetGoneContents(
  catalogue: Pick<Catalogue, 'bundles' | 'destinations' | 'ledgers' | 'openings'>,
): Promise<void> {
  const wanted = new Map<string, number[]>()
  const want = (scope: string, sequence: number): void => {
    const numbers = wanted.get(scope)
    if (numbers === undefined) wanted.set(scope, [sequence])
    else numbers.push(sequence)
  }
  for (const shelf of (await readShelves(catalogue)).values())
    for (const { scope, sequence } of shelf) want(scope, sequence)
  for (const { scope, sequence } of await catalogue.openings.list())
    if (scope !== undefined && sequence !== undefined) want(scope, sequence)
  for (const { scope, first, until } of await catalogue.bundles.endedSpans()) {
    const isWanted = wanted.get(scope)?.some((sequence) => first <= sequence && sequence < until) === true
    if (!isWanted) await catalogue.bundles.forgetSpans({ scope, first, until })
  }
}
