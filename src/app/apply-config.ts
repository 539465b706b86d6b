import { RedomaError } from '../core/errors.ts'
import type { DestinationRecord } from '../ports/catalogue.ts'
import { type DestinationSpec, locationOf } from '../ports/destination-spec.ts'
import type { AddDestination } from './add-destination.ts'
import { type AddSource, requireUsable } from './add-source.ts'
import { type AuditedDeps, audit } from './audited.ts'
import type { ConfigStep } from './plan-config.ts'
import { makeRemoveDestination } from './remove-destination.ts'
import { makeRemoveSource } from './remove-source.ts'
import { sharesRepository } from './system-repository.ts'

export interface ApplyConfigDeps extends AuditedDeps {
  readonly addSource: AddSource
  readonly addDestination: AddDestination
}

/**
 * Carries out the steps, all or none: when one fails, those before it are undone.
 *
 * @throws RedomaError what the failing step throws
 */
export type ApplyConfig = (steps: readonly ConfigStep[], signal: AbortSignal) => Promise<void>

export function makeApplyConfig(deps: ApplyConfigDeps): ApplyConfig {
  return async (steps, signal) => {
    const undo: (() => Promise<void>)[] = []
    try {
      for (const step of steps) undo.push(await carryOut(deps, step, signal))
    } catch (error) {
      for (const back of undo.toReversed()) await back()
      throw error
    }
  }
}

/** Does one step, and gives what undoes it. */
async function carryOut(
  deps: ApplyConfigDeps,
  step: ConfigStep,
  signal: AbortSignal,
): Promise<() => Promise<void>> {
  return step.what === 'source' ? ofSource(deps, step) : ofDestination(deps, step, signal)
}

async function ofSource(
  deps: ApplyConfigDeps,
  step: Extract<ConfigStep, { what: 'source' }>,
): Promise<() => Promise<void>> {
  const { sources } = deps.catalogue
  if (step.kind === 'add') {
    await deps.addSource(step.name, step.spec)
    return () => sources.remove(step.name)
  }
  const before = await sources.get(step.name)
  if (step.kind === 'change') {
    await requireUsable(step.name, step.spec)
    await sources.replace({ ...before, spec: step.spec })
    await audit(deps, 'source.change', step.name, step.spec.kind)
    return () => sources.replace(before)
  }
  await makeRemoveSource(deps)(step.name)
  return () => sources.add(before)
}

/** The password of the own repository opens none of others, and theirs is not known. */
function requireSameKind({ name, spec }: DestinationRecord, wanted: DestinationSpec): void {
  if (sharesRepository(spec) === sharesRepository(wanted)) return
  throw new RedomaError('USAGE', `${name} cannot change between a repository of its own and one of others`, {
    hint: `Remove the destination ${name} and add it again.`,
  })
}

async function ofDestination(
  deps: ApplyConfigDeps,
  step: Extract<ConfigStep, { what: 'destination' }>,
  signal: AbortSignal,
): Promise<() => Promise<void>> {
  const { destinations } = deps.catalogue
  if (step.kind === 'add') {
    await deps.addDestination(step.name, step.spec, undefined, signal)
    return () => destinations.remove(step.name)
  }
  const before = await destinations.get(step.name)
  if (step.kind === 'change') {
    requireSameKind(before, step.spec)
    // Its id and password stay: it is the same destination at another path.
    await destinations.replace({ ...before, spec: step.spec })
    await audit(deps, 'destination.change', step.name, locationOf(step.spec))
    return () => destinations.replace(before)
  }
  await makeRemoveDestination(deps)(step.name)
  return () => destinations.add(before)
}
