import type { Condition, CoverageLine, CoverageState } from '../../../app/coverage/judge-credential.ts'
import { wholeVaultWord } from '../../../app/scopes/choose-scope.ts'
import { wholeVault } from '../../../ports/bundle-store.ts'

/** The states in the order in which they want attention, and what each means to a person. */
export const stateWords: Readonly<Record<CoverageState, { readonly title: string; readonly means: string }>> =
  {
    never: {
      title: 'in no bundle',
      means: 'Lost with the instance: no bundle that can be had has it.',
    },
    changed: {
      title: 'changed since',
      means:
        'The newest bundle has another value than the present one. The next backup brings it up to date.',
    },
    doubtful: {
      title: 'only in doubt',
      means:
        'Its present value is in bundles that were published in doubt, and in no good one. Look why: redoma glass verify.',
    },
    unknown: {
      title: 'not compared',
      means: 'A bundle has it; whether with its present value cannot be told, as it could not be read.',
    },
    removed: {
      title: 'removed since',
      means: 'Not in the vault, or in this part of it, any more; the bundle named still has it.',
    },
    covered: { title: 'covered', means: 'The newest good bundle of a scope has its present value.' },
  }

export const conditionWords: Readonly<Record<Condition, string>> = {
  healthy: 'healthy',
  empty: 'empty: no secret',
  damaged: 'damaged',
  unknown: '',
}

/** `whole` for the bundles of the whole vault, where a list of scopes needs a word for them. */
export function scopeWords(scopes: readonly string[]): string {
  return scopes.map((scope) => (scope === wholeVault ? wholeVaultWord : scope)).join(', ')
}

/** `12`, `finance 12`, `finance 12, in doubt`, `12 (also in finance)`. */
export function bundleWords({ last, scopes }: Pick<CoverageLine, 'last' | 'scopes'>): string {
  if (last === undefined) return ''
  const others = scopes.filter((scope) => scope !== last.scope)
  const also = others.length === 0 ? '' : ` (also in ${scopeWords(others)})`
  return `${last.scope} ${last.sequence}`.trim() + (last.doubts > 0 ? ', in doubt' : '') + also
}

export function isInOrder({ state, condition }: CoverageLine): boolean {
  return state === 'covered' && condition === 'healthy'
}
