import { isRedomaError, messageOf } from '../../core/errors.ts'
import type { Catalogue } from '../../ports/catalogue.ts'
import { noProgress } from '../../ports/progress.ts'
import type { Scope } from '../../ports/scope.ts'
import { type AuditedDeps, audit } from '../audited.ts'
import type { ConfigStep } from '../plan-config.ts'
import { changedScope, newScope, requireSelectors } from './keep-scope.ts'
import { type PlanScope, requireSeparate } from './plan-scope.ts'
import { keyOf } from './scope-key.ts'
import { requireScopeName } from './scope-name.ts'
import { scopeWords, wordsOf } from './take-in.ts'

export type ScopeStep = Extract<ConfigStep, { what: 'scope' }>

export interface ApplyScopesDeps extends AuditedDeps {
  readonly catalogue: AuditedDeps['catalogue'] & Pick<Catalogue, 'scopes' | 'generations'>
  readonly planScope: PlanScope
}

/**
 * Carries out one step of a configuration. What it comes to beside the others is looked at when all are done (`lookAtScopes`): two may exchange a
 * folder.
 *
 * @returns what undoes it
 * @throws RedomaError `USAGE`
 */
export async function applyScope(deps: ApplyScopesDeps, step: ScopeStep): Promise<() => Promise<void>> {
  const { scopes } = deps.catalogue
  if (step.kind === 'add') {
    requireScopeName(step.name)
    const scope = newScope(step.name, step.spec, deps.clock.now())
    requireSelectors(scope)
    await scopes.add(scope)
    await audit(deps, 'scope.add', scope.name, scopeWords(scope))
    return () => scopes.remove(step.name)
  }
  const before = await scopes.get(step.name)
  if (step.kind === 'remove') {
    await scopes.remove(step.name)
    await audit(deps, 'scope.remove', step.name)
    return () => scopes.add(before)
  }
  const scope = changedScope(before, step.spec, deps.clock.now())
  requireSelectors(scope)
  await scopes.replace(scope)
  await audit(deps, 'scope.edit', scope.name, scopeWords(scope))
  return () => scopes.replace(before)
}

/**
 * Looks at scopes that a configuration has made or changed, as `scope add` does at one.
 *
 * @returns what is most likely a slip, a sentence each: a file may be ahead of the vault
 * @throws RedomaError `AMBIGUOUS` where two exclusive scopes share one credential, or name the same
 */
export async function lookAtScopes(
  deps: ApplyScopesDeps,
  names: readonly string[],
  signal: AbortSignal,
): Promise<readonly string[]> {
  const all = await deps.catalogue.scopes.list()
  const warnings: string[] = []
  for (const scope of all.filter(({ name }) => names.includes(name))) {
    warnings.push(...(await lookAt(deps, scope, all, signal)))
    if (scope.hasOwnKey && (await keyOf(deps.catalogue, scope)) === undefined) {
      warnings.push(
        `The scope ${scope.name} has no recovery key yet, and no bundle before it has one: redoma glass ceremony --scope ${scope.name}`,
      )
    }
  }
  return warnings
}

async function lookAt(
  { planScope }: ApplyScopesDeps,
  scope: Scope,
  all: readonly Scope[],
  signal: AbortSignal,
): Promise<readonly string[]> {
  const others = all.filter(({ name }) => name !== scope.name)
  try {
    const plan = await planScope(scope, others, noProgress, signal)
    requireSeparate(scope.isExclusive, plan)
    return plan.unmatched.map((one) => `The scope ${scope.name}: no credential has the ${wordsOf(one)}.`)
  } catch (error) {
    signal.throwIfAborted()
    if (isRedomaError(error, 'AMBIGUOUS')) throw error
    // The sources that it would be compared with may be those of this file, and not filled yet.
    return [`The scope ${scope.name} could not be compared with the vault: ${messageOf(error)}`]
  }
}
