import { messageOf } from '../core/errors.ts'
import type { Catalogue } from '../ports/catalogue.ts'
import type { Clock } from '../ports/clock.ts'
import type { Log } from '../ports/log.ts'
import type { OwedHook } from '../ports/owed-hook.ts'
import type { HookDeps } from './with-hooks.ts'

export interface SettleHooksDeps extends Pick<HookDeps, 'log' | 'runHook' | 'processId' | 'machine'> {
  readonly catalogue: Pick<Catalogue, 'owedHooks' | 'runs'>
  readonly clock: Clock
  readonly log: Log
}

/**
 * Runs the hooks after runs whose process died between the two: what the ones before have quiesced on this machine has to go on. Each is run until it has succeeded once; one that
 * fails is tried three times, an hour apart. Stopped in the middle, the hook is killed, and run again by whoever comes next.
 */
export type SettleHooks = (signal: AbortSignal) => Promise<void>

export function makeSettleHooks(deps: SettleHooksDeps): SettleHooks {
  const { catalogue, clock, processId, machine } = deps
  return async (signal) => {
    for (;;) {
      signal.throwIfAborted()
      const owed = await catalogue.owedHooks.take(machine, processId, clock.now())
      if (owed === undefined) return
      await settleOne(deps, owed, signal)
    }
  }
}

async function settleOne(deps: SettleHooksDeps, owed: OwedHook, signal: AbortSignal): Promise<void> {
  const { catalogue, clock, log, runHook } = deps
  const { run, plan, hook, tries } = owed
  try {
    const { state } = await catalogue.runs.get(run)
    // Its process has run the hook: only that could not be written.
    if (state.kind !== 'running' && state.kind !== 'lost') {
      await catalogue.owedHooks.settle(run, false)
      return
    }
    const printed = await runHook(hook, { phase: 'after', plan, run, state: 'lost' }, signal)
    await catalogue.owedHooks.settle(run, true)
    log.warn('hook of a lost run ended', { run, plan, printed })
  } catch (error) {
    await catalogue.owedHooks.giveBack(run, signal.aborted ? undefined : clock.now())
    signal.throwIfAborted()
    const why = messageOf(error)
    log.error('hook of a lost run failed', { run, plan, tries, why })
    await catalogue.runs.remark(run, `Its process died, and at ${at(clock)} the hook after it failed: ${why}`)
    return
  }
  await catalogue.runs.remark(run, `Its process died, and the hook after it was run at ${at(clock)}`)
}

function at(clock: Clock): string {
  return clock.now().toISOString()
}
