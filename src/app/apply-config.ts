import { RedomaError } from '../core/errors.ts'
import { certificatesIn } from '../crypto/timestamp/verify-stamp.ts'
import type { Catalogue, DestinationRecord } from '../ports/catalogue.ts'
import { type DestinationSpec, locationOf } from '../ports/destination-spec.ts'
import type { Timestamping } from '../ports/timestamping.ts'
import type { AddDestination } from './add-destination.ts'
import { type AddSource, type AddSourceDeps, requireUsable } from './add-source.ts'
import { makeAddChannel, makeChangeChannel, makeRemoveChannel } from './alerts/keep-channel.ts'
import { audit } from './audited.ts'
import type { ConfigStep } from './plan-config.ts'
import { makeAddPlan, makeEditPlan, makeRemovePlan } from './plans/keep-plan.ts'
import { refuseOnInstance } from './refuse-on-instance.ts'
import { makeRemoveDestination } from './remove-destination.ts'
import { makeRemoveSource } from './remove-source.ts'
import { type ApplyScopesDeps, applyScope, lookAtScopes } from './scopes/apply-scopes.ts'
import { makeSetRoutine } from './set-routine.ts'
import { sharesRepository } from './system-repository.ts'
import { type UsePlaceDeps, usePlace } from './use-place.ts'

export interface ApplyConfigDeps extends AddSourceDeps, UsePlaceDeps, Pick<ApplyScopesDeps, 'planScope'> {
  readonly catalogue: AddSourceDeps['catalogue'] &
    ApplyScopesDeps['catalogue'] &
    Pick<Catalogue, 'timestamping'>
  readonly addSource: AddSource
  readonly addDestination: AddDestination
}

/**
 * Carries out the steps, all or none: when one fails, those before it are undone.
 *
 * @returns what is wrong with places, though they can be used
 * @throws RedomaError what the failing step throws
 */
export type ApplyConfig = (steps: readonly ConfigStep[], signal: AbortSignal) => Promise<readonly string[]>

export function makeApplyConfig(deps: ApplyConfigDeps): ApplyConfig {
  return async (steps, signal) => {
    const done: Done[] = []
    try {
      for (const step of steps) done.push(await carryOut(deps, step, signal))
      const scopes = steps.flatMap((step) =>
        step.what === 'scope' && step.kind !== 'remove' ? [step.name] : [],
      )
      const warnings = scopes.length === 0 ? [] : await lookAtScopes(deps, scopes, signal)
      return [...done.flatMap((one) => one.warnings ?? []), ...warnings]
    } catch (error) {
      for (const { undo } of done.toReversed()) await undo()
      throw error
    }
  }
}

/** A step that was done. */
interface Done {
  readonly undo: () => Promise<void>
  readonly warnings?: readonly string[]
}

async function carryOut(deps: ApplyConfigDeps, step: ConfigStep, signal: AbortSignal): Promise<Done> {
  switch (step.what) {
    case 'source':
      return { undo: await ofSource(deps, step) }
    case 'destination':
      return ofDestination(deps, step, signal)
    case 'scope':
      return { undo: await applyScope(deps, step) }
    case 'channel':
      return { undo: await ofChannel(deps, step) }
    case 'timestamps':
      return { undo: await ofTimestamps(deps, step.timestamps) }
    case 'plan':
      return { undo: await ofPlan(deps, step) }
    case 'routine':
      return { undo: await ofRoutine(deps, step) }
    case 'appliance':
      return ofAppliance(deps, step.isAppliance, signal)
  }
}

/** An appliance cannot have what would be refused to it. */
async function ofAppliance(deps: ApplyConfigDeps, isAppliance: boolean, signal: AbortSignal): Promise<Done> {
  const { catalogue } = deps
  const warnings: string[] = []
  for (const record of isAppliance ? await catalogue.destinations.list() : [])
    warnings.push(...(await refuseOnInstance(deps, record, deps.reach, signal)))
  const before = catalogue.instance.isAppliance
  await catalogue.setAppliance(isAppliance)
  await audit(deps, 'instance.appliance', catalogue.instance.name, isAppliance ? 'on' : 'off')
  return { undo: () => catalogue.setAppliance(before), warnings }
}

/** @throws RedomaError `FORMAT_UNKNOWN`, `DATA_DAMAGED` for what is no certificate: found when a stamp is verified, it would be too late */
async function ofTimestamps(
  deps: ApplyConfigDeps,
  wanted: Timestamping | undefined,
): Promise<() => Promise<void>> {
  const { timestamping } = deps.catalogue
  if (wanted?.certificates !== undefined) certificatesIn(wanted.certificates)
  const before = await timestamping.get()
  await timestamping.set(wanted, deps.clock.now())
  await audit(deps, 'glass.timestamps', deps.catalogue.instance.name, wanted?.authority ?? 'off')
  return () => timestamping.set(before, deps.clock.now())
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
    await requireUsable(deps, step.name, step.spec)
    await sources.replace({ ...before, spec: step.spec })
    await audit(deps, 'source.change', step.name, step.spec.kind)
    return () => sources.replace(before)
  }
  await makeRemoveSource(deps)(step.name)
  return () => sources.add(before)
}

async function ofChannel(
  deps: ApplyConfigDeps,
  step: Extract<ConfigStep, { what: 'channel' }>,
): Promise<() => Promise<void>> {
  const { channels } = deps.catalogue
  if (step.kind === 'add') {
    await makeAddChannel(deps)(step.name, step.spec)
    return () => makeRemoveChannel(deps)(step.name)
  }
  const before = await channels.get(step.name)
  if (step.kind === 'change') {
    await makeChangeChannel(deps)(step.name, step.spec)
    return () => channels.replace(before)
  }
  await makeRemoveChannel(deps)(step.name)
  return async () => {
    await channels.add(before)
    await deps.catalogue.notices.begin(before.id)
  }
}

async function ofPlan(
  deps: ApplyConfigDeps,
  step: Extract<ConfigStep, { what: 'plan' }>,
): Promise<() => Promise<void>> {
  const { plans } = deps.catalogue
  if (step.kind === 'add') {
    await makeAddPlan(deps)(step.name, step.spec)
    return () => plans.remove(step.name)
  }
  const before = await plans.get(step.name)
  if (step.kind === 'change') {
    await makeEditPlan(deps)(step.name, step.spec)
    return () => plans.replace(before)
  }
  await makeRemovePlan(deps)(step.name)
  return () => plans.add(before)
}

async function ofRoutine(
  deps: ApplyConfigDeps,
  { name, spec }: Extract<ConfigStep, { what: 'routine' }>,
): Promise<() => Promise<void>> {
  const { routines } = deps.catalogue
  const before = await routines.get(name)
  await makeSetRoutine(deps)(name, spec)
  return () => routines.set(name, before, before.activeSince)
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
): Promise<Done> {
  const { destinations } = deps.catalogue
  if (step.kind === 'add') {
    const { warnings } = await deps.addDestination(step.name, step.spec, undefined, signal)
    return { undo: () => destinations.remove(step.name), warnings }
  }
  const before = await destinations.get(step.name)
  if (step.kind === 'change') return changeDestination(deps, before, step.spec, signal)
  await makeRemoveDestination(deps)(step.name)
  return { undo: () => destinations.add(before) }
}

/** Its id and password stay: it is the same destination at another place, which has to be as good as that of a new one. */
async function changeDestination(
  deps: ApplyConfigDeps,
  before: DestinationRecord,
  wanted: DestinationSpec,
  signal: AbortSignal,
): Promise<Done> {
  requireSameKind(before, wanted)
  const { destinations } = deps.catalogue
  const others = (await destinations.list()).filter(({ id }) => id !== before.id)
  return usePlace(
    deps,
    { name: before.name, spec: wanted, others },
    async ({ spec, warnings }) => {
      await destinations.replace({ ...before, spec })
      await audit(deps, 'destination.change', before.name, locationOf(spec))
      return { undo: () => destinations.replace(before), warnings }
    },
    signal,
  )
}
