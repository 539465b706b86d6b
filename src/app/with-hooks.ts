import { messageOf } from '../core/errors.ts'
import type { HookMoment, RunHook } from '../ports/hook-runner.ts'
import type { Log } from '../ports/log.ts'
import type { Plan } from '../ports/plan.ts'

export interface HookDeps {
  readonly log: Log
  readonly runHook: RunHook
}

/** The plan that a run is of. */
export type RunPlan = Pick<Plan, 'id' | 'name' | 'hooks'>

/** What is done between the two hooks. */
export interface Hooked {
  /** @returns what became of it, for the hook after */
  work(): Promise<HookMoment['state']>
  /** In its place, when the hook before failed. */
  refused(error: unknown): Promise<void>
}

/**
 * Runs the hook before, the work, and the hook after, which runs whatever became of the others, also when the run is cancelled: what was quiesced has to go on.
 *
 * @param remark told what is wrong with the hook after, a sentence, also when `work` throws
 * @throws what `work` throws
 */
export async function withHooks(
  deps: HookDeps,
  run: number,
  plan: RunPlan | undefined,
  hooked: Hooked,
  remark: (sentence: string) => void,
  signal: AbortSignal,
): Promise<void> {
  const { before, after } = plan?.hooks ?? {}
  const told = { plan: plan?.name ?? '', run }
  let state: HookMoment['state']
  try {
    const failure = await failureOfHook(deps, before, { ...told, phase: 'before' }, signal)
    signal.throwIfAborted()
    if (failure === undefined) state = await hooked.work()
    else await hooked.refused(failure)
  } finally {
    const late = await failureOfHook(
      deps,
      after,
      { ...told, phase: 'after', state: state ?? (signal.aborted ? 'cancelled' : 'failed') },
      new AbortController().signal,
    )
    if (late !== undefined) remark(messageOf(late))
  }
}

async function failureOfHook(
  { log, runHook }: HookDeps,
  hook: Plan['hooks']['before'],
  moment: HookMoment,
  signal: AbortSignal,
): Promise<unknown> {
  if (hook === undefined) return undefined
  const { phase, run } = moment
  try {
    log.info('hook ended', { run, phase, printed: await runHook(hook, moment, signal) })
    return undefined
  } catch (error) {
    log.error('hook failed', { run, phase, why: messageOf(error) })
    return error
  }
}
