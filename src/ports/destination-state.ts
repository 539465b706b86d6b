import type { ErrorCode } from '../core/errors.ts'
import type { DestinationSpace } from './destination.ts'

/** How a destination does, from best to worst. */
export const conditions = ['ok', 'slow', 'nearly-full', 'read-only', 'lost'] as const
export type Condition = (typeof conditions)[number]

/** What one probe says. */
export interface Observation {
  readonly condition: Condition
  /** When it ended. */
  readonly at: Date
}

/** How it is, by what several probes said. */
export interface DestinationState {
  /** `unknown` until a probe said something. */
  readonly condition: Condition | 'unknown'
  /** When the first of the probes was made that said so. */
  readonly since: Date
  /** The last ones, the newest last. */
  readonly recent: readonly Observation[]
}

/** Given once, to be told to people. */
export interface StateChange {
  readonly from: DestinationState['condition']
  readonly to: Condition
  readonly since: Date
}

/** What a probe found, and what was known then. */
export interface ProbeFindings {
  readonly tookMs: number
  /** Absent where it answered. */
  readonly failure?:
    | { readonly code: ErrorCode; readonly message: string; readonly hint?: string | undefined }
    | undefined
  /** Where the destination knows. */
  readonly space?: DestinationSpace | undefined
  /** Until it is full, if it goes on as it did; absent where that cannot be told. */
  readonly daysLeft?: number | undefined
}

/** What was free at a destination after a run or a probe. */
export interface RoomLeft {
  readonly at: Date
  readonly freeBytes: number
}

/** What is remembered of a destination. */
export interface DestinationWatch {
  readonly state: DestinationState
  /** Of the last probe. */
  readonly findings?: ProbeFindings | undefined
  /** One a day, the oldest first: the last of that day. */
  readonly room: readonly RoomLeft[]
}

/** A change as it is kept until it was told. */
export interface DestinationChange extends StateChange {
  /** The same each time, should it ever be told twice. */
  readonly id: number
  readonly destinationId: string
  /** Its name by now. */
  readonly destination: string
  /** When it was found. */
  readonly at: Date
  readonly details: ProbeFindings
}

export interface WatchStore {
  /** By the id of the destination; of one that was never probed or measured there is nothing. */
  list(): Promise<ReadonlyMap<string, DestinationWatch>>
  /**
   * One transaction: nobody else of this instance writes between what `decide` is given and what it makes of it.
   *
   * @returns what `decide` said; `undefined` where the destination is not there any more
   */
  record<Step extends WatchStep>(
    destinationId: string,
    decide: (known: DestinationWatch | undefined) => Step,
  ): Promise<Step | undefined>
  /**
   * Takes all changes that were not told yet, oldest first, but for those that another living process took: they are told by this one
   * from now on. Those that it took before are among them.
   */
  takeUntold(processId: number): Promise<DestinationChange[]>
  markTold(id: number, at: Date): Promise<void>
}

/** What one probe or measurement makes of what was known. */
export interface WatchStep {
  readonly watch: DestinationWatch
  readonly change?: (StateChange & { readonly at: Date; readonly details: ProbeFindings }) | undefined
}
