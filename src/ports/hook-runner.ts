import type { Hook } from './plan.ts'

/** What a hook is told in its environment, as `REDOMA_PHASE`, `REDOMA_PLAN`, `REDOMA_RUN` and `REDOMA_STATE`. */
export interface HookMoment {
  readonly phase: 'before' | 'after'
  /** Its name. */
  readonly plan: string
  readonly run: number
  /** After it: what became of it, as far as is known before the hook has ended. `lost`: its process died, and this is later. */
  readonly state?: 'done' | 'done-with-warnings' | 'failed' | 'cancelled' | 'lost' | undefined
}

/**
 * Runs the program of a hook to its end, and gives the end of what it printed. It, and all that it started, is killed at its limit.
 *
 * @throws RedomaError `PROGRAM_FAILED` with the end of what it said
 */
export type RunHook = (hook: Hook, moment: HookMoment, signal: AbortSignal) => Promise<string>
