import type { NamedStore } from './named-store.ts'

/** Which credentials a scope takes in: those that any of these names. */
export interface ScopeSelection {
  /** Each with all that is below it. */
  readonly folders: readonly string[]
  readonly tags: readonly string[]
  readonly owners: readonly string[]
}

/** A part of the vault that has bundles of its own, so that one unit's emergency does not open another's secrets. */
export interface Scope extends ScopeSelection {
  /** Also that of its folder at every destination: never changed. */
  readonly name: string
  /** Whether what it takes in is left out of the bundle of the whole vault, as far as it is in one of its own. */
  readonly isExclusive: boolean
  /** Whether its bundles are sealed to a recovery key of its own, and to nothing before it has one; else to that of the whole vault. */
  readonly hasOwnKey: boolean
  readonly createdAt: Date
  /** When it was last said what it takes in: before that, its bundles had others. */
  readonly changedAt: Date
}

/** All that is said of a scope, but for its name and times. */
export type ScopeSpec = Omit<Scope, 'name' | 'createdAt' | 'changedAt'>

export type ScopeStore = NamedStore<Scope>
