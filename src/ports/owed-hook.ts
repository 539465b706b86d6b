import type { Hook } from './plan.ts'

/** The hook after a run, from before the one before it is begun until it was run: a process that is killed in between leaves it. */
export interface OwedHook {
  readonly run: number
  readonly planId: string
  /** Name of the plan then. */
  readonly plan: string
  /** As the plan had it then: it is what undoes the one that was run. */
  readonly hook: Hook
  /** Where the one before was run, and this one has to be. */
  readonly machine: string
  /** How often it was begun after the process of the run had died. */
  readonly tries: number
}

export interface OwedHookStore {
  /** Written before the hook before the run is begun, by the process that does the run. */
  owe(hook: Omit<OwedHook, 'tries'>, processId: number): Promise<void>
  /** That it was run. What runs of its plan on its machine left before is settled with it where it succeeded: the system goes on. */
  settle(run: number, hasSucceeded: boolean): Promise<void>
  /**
   * Takes one that the dead left on this machine, for this process: no other does while it lives. Counts as a try, of which there are three, an hour from the end
   * of one to the next.
   */
  take(machine: string, processId: number, now: Date): Promise<OwedHook | undefined>
  /** Lets go of one that was taken: it failed then, or was not run at all. */
  giveBack(run: number, failedAt: Date | undefined): Promise<void>
  /** Those that a try of has failed, or died in, of plans that there are. */
  failed(): Promise<readonly OwedHook[]>
}
