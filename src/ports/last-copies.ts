import type { RunPart, RunState } from './catalogue.ts'

/** The newest of what runs did with one source at one destination. */
export interface LastCopies {
  readonly last: RunPart
  /** The newest that did not fail; absent where none did. */
  readonly lastGood?: RunPart | undefined
}

/** How many runs there are of each state. */
export type RunCounts = Readonly<Record<RunState['kind'], number>>
