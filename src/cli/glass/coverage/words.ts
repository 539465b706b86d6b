import type { Condition, CoverageLine, CoverageState } from '../../../app/coverage/judge-credential.ts'

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
    unknown: {
      title: 'not compared',
      means: 'A bundle has it; whether with its present value cannot be told, as it could not be read.',
    },
    removed: {
      title: 'removed since',
      means: 'Not in the vault any more; the bundle named still has it.',
    },
    covered: { title: 'covered', means: 'The newest bundle has its present value.' },
  }

export const conditionWords: Readonly<Record<Condition, string>> = {
  healthy: 'healthy',
  empty: 'empty: no secret',
  damaged: 'damaged',
  unknown: '',
}

export function isInOrder({ state, condition }: CoverageLine): boolean {
  return state === 'covered' && condition === 'healthy'
}
