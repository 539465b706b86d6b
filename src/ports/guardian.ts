import type { NamedStore } from './named-store.ts'

/** A person who keeps a share; nothing of the share is known here. */
export interface Guardian {
  /** A UUID: renaming one must not lose what is known. */
  readonly id: string
  readonly name: string
  readonly mail?: string | undefined
  /** Public: how to reach this person at night. */
  readonly note?: string | undefined
  /** An age or SSH public key that shares are sealed to. */
  readonly publicKey?: string | undefined
  readonly createdAt: Date
}

/** Whose a share is. */
export interface Keeper {
  readonly generation: number
  /** Number of the share, from 1. */
  readonly share: number
  /** Id of the guardian. */
  readonly guardian: string
}

export interface GuardianStore extends NamedStore<Guardian> {
  keepers(): Promise<Keeper[]>
  /** Makes the guardian the keeper of this share, instead of whoever was. */
  assign(keeper: Keeper): Promise<void>
  /** When each was last reminded of an overdue drill, by id; of those who were. */
  remindedAt(): Promise<ReadonlyMap<string, Date>>
  reminded(guardianId: string, at: Date): Promise<void>
}

/** What a drill asks of: the keeper of one share alone, by its number, or whoever can open the whole. */
export type Subject = number | 'whole'

/** That a share, or the way to the whole key, was there at a time. */
export interface Proof {
  readonly generation: number
  readonly subject: Subject
  readonly at: Date
  /** Id of the drill; absent where the ceremony itself proved it. */
  readonly drill?: string | undefined
}

export interface DrillQuestion {
  readonly subject: Subject
  /** Of the answer code, bound to drill and subject; lower-case hex. */
  readonly codeSha256: string
  readonly answeredAt?: Date | undefined
}

export interface DrillRecord {
  /** A UUID. */
  readonly id: string
  readonly generation: number
  readonly startedAt: Date
  readonly expiresAt: Date
  readonly questions: readonly DrillQuestion[]
}

export interface DrillStore {
  add(drill: DrillRecord): Promise<void>
  /** Newest first. */
  list(): Promise<DrillRecord[]>
  /** That a question was answered, with the proof that this is; nothing when it was answered before. One transaction. */
  answer(drill: DrillRecord, subject: Subject, at: Date): Promise<void>
  proofs(): Promise<Proof[]>
  /** How many days a proof is good for. */
  days(): Promise<number>
  setDays(days: number): Promise<void>
}
