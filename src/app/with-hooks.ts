import { messageOf } from '../core/errors.ts'
import type { Catalogue } from '../ports/catalogue.ts'
import type { HookMoment, RunHook } from '../ports/hook-runner.ts'
import type { Log } from '../ports/log.ts'
import type { Plan } from '../ports/plan.ts'

export interface HookDeps {
  readonly log: Log
  readonly runHook: RunHook
  readonly catalogue: Pick<Catalogue, 'owedHooks'>
  readonly processId: number
  /** Names this machine among the nodes of the instance, and among those that it was on before. */
  readonly machine: string
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
 * Runs the hook before, the work, and the hook after, which runs whatever became of the others, also when the run is cancelled: what was quiesced has to go on. Where there are both, the
 * one after is written down before the one before begins: when this process is killed, another runs it (`SettleHooks`).
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
  const isOwed = plan !== undefined && before !== undefined && after !== undefined
  if (isOwed) {
    const owed = { run, planId: plan.id, plan: plan.name, hook: after, machine: deps.machine }
    await deps.catalogue.owedHooks.owe(owed, deps.processId)
  }
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
    if (isOwed) await settle(deps, run, late === undefined)
  }
}

/** Where that cannot be written, it is run once more when this process has ended: rather twice than never. */
async function settle({ catalogue, log }: HookDeps, run: number, hasSucceeded: boolean): Promise<void> {
  try {
    await catalogue.owedHooks.settle(run, hasSucceeded)
  } catch (error) {
    log.error('end of the hook not written', { run, why: messageOf(error) })
  }
}

async function failureOfHook(
  { log, runHook }: Pick<HookDeps, 'log' | 'runHook'>,
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
