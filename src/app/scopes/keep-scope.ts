import { RedomaError } from '../../core/errors.ts'
import type { Progress } from '../../ports/progress.ts'
import type { Scope } from '../../ports/scope.ts'
import { type AuditedDeps, audit } from '../audited.ts'
import { type PlanScope, requireMatched, requireSeparate, type ScopePlan } from './plan-scope.ts'
import { requireScopeName } from './scope-name.ts'
import { plainFolder, scopeWords, selectorsOf } from './take-in.ts'

/** What is said of a scope; what is not, stays or is nothing. */
export interface ScopeChanges {
  readonly folders?: readonly string[] | undefined
  readonly tags?: readonly string[] | undefined
  readonly owners?: readonly string[] | undefined
  readonly isExclusive?: boolean | undefined
  readonly hasOwnKey?: boolean | undefined
}

export interface KeepScopeRequest {
  readonly name: string
  readonly changes: ScopeChanges
  /** Take also what no credential has. */
  readonly allowEmpty: boolean
  /** Change nothing, only say what would be. */
  readonly dryRun: boolean
}

export interface KeptScope {
  readonly scope: Scope
  readonly plan: ScopePlan
}

/**
 * Begins a scope, or changes what one takes in, once it is seen that there is something in it.
 *
 * @throws RedomaError `USAGE` for a name that cannot be a folder, or a scope that names nothing; `NOT_FOUND` for what no credential has;
 * `AMBIGUOUS` where two exclusive scopes would share one; `ALREADY_EXISTS`; `SOURCE_UNREADABLE`
 */
export type KeepScope = (
  request: KeepScopeRequest,
  progress: Progress,
  signal: AbortSignal,
) => Promise<KeptScope>

export interface KeepScopeDeps extends AuditedDeps {
  readonly planScope: PlanScope
}

export function makeAddScope(deps: KeepScopeDeps): KeepScope {
  return async (request, progress, signal) => {
    requireScopeName(request.name)
    const all = await deps.catalogue.scopes.list()
    if (all.some(({ name }) => name === request.name)) {
      throw new RedomaError('ALREADY_EXISTS', `there is a scope ${request.name} already`, {
        hint: 'redoma glass scope edit changes what it takes in.',
      })
    }
    const scope = newScope(request.name, request.changes, deps.clock.now())
    const plan = await checked(deps, scope, all, request, progress, signal)
    if (request.dryRun) return { scope, plan }
    await deps.catalogue.scopes.add(scope)
    await audit(deps, 'scope.add', scope.name, scopeWords(scope))
    return { scope, plan }
  }
}

export function makeEditScope(deps: KeepScopeDeps): KeepScope {
  return async (request, progress, signal) => {
    const before = await deps.catalogue.scopes.get(request.name)
    const others = (await deps.catalogue.scopes.list()).filter(({ name }) => name !== before.name)
    const scope = changedScope(before, request.changes, deps.clock.now())
    const plan = await checked(deps, scope, others, request, progress, signal)
    if (request.dryRun) return { scope, plan }
    await deps.catalogue.scopes.replace(scope)
    await audit(deps, 'scope.edit', scope.name, scopeWords(scope))
    return { scope, plan }
  }
}

/** Its bundles stay where they are, and its numbers are not given again. @throws RedomaError `NOT_FOUND` */
export type RemoveScope = (name: string) => Promise<void>

export function makeRemoveScope(deps: AuditedDeps): RemoveScope {
  return async (name) => {
    await deps.catalogue.scopes.remove(name)
    await audit(deps, 'scope.remove', name)
  }
}

export function newScope(name: string, changes: ScopeChanges, now: Date): Scope {
  const nothing = { folders: [], tags: [], owners: [], isExclusive: false, hasOwnKey: false }
  return changed({ ...nothing, name, createdAt: now, changedAt: now }, changes)
}

export function changedScope(before: Scope, changes: ScopeChanges, now: Date): Scope {
  return withTime(before, changed(before, changes), now)
}

function changed(before: Scope, changes: ScopeChanges): Scope {
  return {
    ...before,
    folders: (changes.folders ?? before.folders).map(plainFolder),
    tags: changes.tags ?? before.tags,
    owners: changes.owners ?? before.owners,
    isExclusive: changes.isExclusive ?? before.isExclusive,
    hasOwnKey: changes.hasOwnKey ?? before.hasOwnKey,
  }
}

/** What its bundles had is still looked for, where it takes in the same. */
function withTime(before: Scope, scope: Scope, now: Date): Scope {
  const words = (one: Scope): string => JSON.stringify(selectorsOf(one))
  return words(before) === words(scope) ? scope : { ...scope, changedAt: now }
}

async function checked(
  { planScope }: KeepScopeDeps,
  scope: Scope,
  others: readonly Scope[],
  { allowEmpty }: KeepScopeRequest,
  progress: Progress,
  signal: AbortSignal,
): Promise<ScopePlan> {
  requireSelectors(scope)
  const plan = await planScope(scope, others, progress, signal)
  if (!allowEmpty) requireMatched(plan)
  requireSeparate(scope.isExclusive, plan)
  return plan
}

/** @throws RedomaError `USAGE` */
export function requireSelectors(scope: Scope): void {
  if (selectorsOf(scope).length > 0) return
  throw new RedomaError('USAGE', `a scope takes in folders, tags or owners, and ${scope.name} names none`, {
    hint: 'Add --folder, --tag or --owner. For all that there is, no scope is needed.',
  })
}
