import { isDeepStrictEqual } from 'node:util'
import type { SourceSpec } from '../ports/catalogue.ts'
import type { ChannelSettings } from '../ports/channel.ts'
import type { DestinationSpec } from '../ports/destination-spec.ts'
import type { RoutineName, RoutineWords } from '../ports/routine.ts'
import type { ScopeSpec } from '../ports/scope.ts'
import type { Timestamping } from '../ports/timestamping.ts'
import type { PlanWords } from './plans/keep-plan.ts'

export interface NamedSpec<Spec> {
  readonly name: string
  readonly spec: Spec
}

/** All of the configuration; secrets have no place in it. */
export interface Configuration {
  /** Whether the instance is a crypto appliance; it stays what it is where a file does not say. */
  readonly appliance?: boolean | undefined
  readonly destinations: readonly NamedSpec<DestinationSpec>[]
  readonly sources: readonly NamedSpec<SourceSpec>[]
  /** Parts of the vault with bundles of their own; they stay what they are where a file does not say. */
  readonly scopes?: readonly NamedSpec<ScopeSpec>[] | undefined
  /** They stay what they are where a file does not say: files of before had none. */
  readonly channels?: readonly NamedSpec<ChannelSettings>[] | undefined
  /** Who stamps ledgers after each backup; `null` for nobody. It stays who it is where a file does not say. */
  readonly timestamps?: Timestamping | null | undefined
  /** They stay what they are where a file does not say. */
  readonly plans?: readonly NamedSpec<PlanWords>[] | undefined
  /** What the daemon does beside the plans, and when; those that a file does not name stay what they are. */
  readonly routines?: readonly { readonly name: RoutineName; readonly spec: RoutineWords }[] | undefined
}

export type ConfigStep =
  | { readonly kind: 'change'; readonly what: 'appliance'; readonly isAppliance: boolean }
  | { readonly kind: 'change'; readonly what: 'timestamps'; readonly timestamps: Timestamping | undefined }
  | {
      readonly kind: 'add' | 'change'
      readonly what: 'source'
      readonly name: string
      readonly spec: SourceSpec
    }
  | {
      readonly kind: 'add' | 'change'
      readonly what: 'destination'
      readonly name: string
      readonly spec: DestinationSpec
    }
  | {
      readonly kind: 'add' | 'change'
      readonly what: 'scope'
      readonly name: string
      readonly spec: ScopeSpec
    }
  | { readonly kind: 'remove'; readonly what: 'scope'; readonly name: string }
  | {
      readonly kind: 'add' | 'change'
      readonly what: 'plan'
      readonly name: string
      readonly spec: PlanWords
    }
  | { readonly kind: 'remove'; readonly what: 'plan'; readonly name: string }
  | {
      readonly kind: 'change'
      readonly what: 'routine'
      readonly name: RoutineName
      readonly spec: RoutineWords
    }
  | { readonly kind: 'remove'; readonly what: 'source'; readonly name: string }
  | { readonly kind: 'remove'; readonly what: 'destination'; readonly name: string }
  | {
      readonly kind: 'add' | 'change'
      readonly what: 'channel'
      readonly name: string
      readonly spec: ChannelSettings
    }
  | { readonly kind: 'remove'; readonly what: 'channel'; readonly name: string }

/** What has to be done for the configuration to be as it is wanted; nothing when it is already. */
export function planConfig(current: Configuration, wanted: Configuration): ConfigStep[] {
  const destinations = difference(current.destinations, wanted.destinations)
  const sources = difference(current.sources, wanted.sources)
  const known = current.scopes ?? []
  const scopes = difference(known, wanted.scopes ?? known)
  const before = current.channels ?? []
  const channels = difference(before, wanted.channels ?? before)
  const plans = difference(current.plans ?? [], wanted.plans ?? current.plans ?? [])
  const isAppliance = wanted.appliance ?? current.appliance === true
  const appliance =
    isAppliance === (current.appliance === true)
      ? []
      : [{ kind: 'change' as const, what: 'appliance' as const, isAppliance }]
  return [
    // Before what is allowed by it, and after all that it is about.
    ...(isAppliance ? [] : appliance),
    ...destinations.put.map((step) => ({ ...step, what: 'destination' as const })),
    ...sources.put.map((step) => ({ ...step, what: 'source' as const })),
    // What one no longer takes in, another may take in: those that go, and what changes, first.
    ...scopes.gone.map((name) => ({ kind: 'remove' as const, what: 'scope' as const, name })),
    ...scopes.put
      .toSorted((a, b) => Number(a.kind === 'add') - Number(b.kind === 'add'))
      .map((step) => ({ ...step, what: 'scope' as const })),
    ...channels.put.map((step) => ({ ...step, what: 'channel' as const })),
    ...channels.gone.map((name) => ({ kind: 'remove' as const, what: 'channel' as const, name })),
    // They name what is there by now, and none may name what goes.
    ...plans.put.map((step) => ({ ...step, what: 'plan' as const })),
    ...plans.gone.map((name) => ({ kind: 'remove' as const, what: 'plan' as const, name })),
    ...sources.gone.map((name) => ({ kind: 'remove' as const, what: 'source' as const, name })),
    ...destinations.gone.map((name) => ({ kind: 'remove' as const, what: 'destination' as const, name })),
    ...routineSteps(current.routines ?? [], wanted.routines ?? []),
    ...timestampsStep(current.timestamps ?? undefined, wanted.timestamps),
    ...(isAppliance ? appliance : []),
  ]
}

function routineSteps(
  current: NonNullable<Configuration['routines']>,
  wanted: NonNullable<Configuration['routines']>,
): ConfigStep[] {
  return wanted.flatMap(({ name, spec }) => {
    const known = current.find((one) => one.name === name)
    if (isDeepStrictEqual(known?.spec, spec)) return []
    return [{ kind: 'change' as const, what: 'routine' as const, name, spec }]
  })
}

function timestampsStep(
  current: Timestamping | undefined,
  wanted: Timestamping | null | undefined,
): ConfigStep[] {
  if (wanted === undefined || isDeepStrictEqual(current, wanted ?? undefined)) return []
  return [{ kind: 'change', what: 'timestamps', timestamps: wanted ?? undefined }]
}

interface Difference<Spec> {
  readonly put: readonly { readonly kind: 'add' | 'change'; readonly name: string; readonly spec: Spec }[]
  readonly gone: readonly string[]
}

function difference<Spec>(
  current: readonly NamedSpec<Spec>[],
  wanted: readonly NamedSpec<Spec>[],
): Difference<Spec> {
  const before = new Map(current.map(({ name, spec }) => [name, spec]))
  const names = new Set(wanted.map(({ name }) => name))
  return {
    put: wanted.flatMap(({ name, spec }) => {
      const known = before.get(name)
      if (known !== undefined && isDeepStrictEqual(known, spec)) return []
      return [{ kind: known === undefined ? ('add' as const) : ('change' as const), name, spec }]
    }),
    gone: [...before.keys()].filter((name) => !names.has(name)),
  }
}
