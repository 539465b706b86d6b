import { onOneLine } from '../../core/child-process.ts'
import { messageOf, RedomaError } from '../../core/errors.ts'
import type { RunHook } from '../../ports/hook-runner.ts'
import { runProgram } from './program.ts'

/** Without a shell, with nothing of our environment but what the hook is told. */
export const runHook: RunHook = async ({ argv, limitSeconds }, { phase, plan, run, state }, signal) => {
  const environment = {
    REDOMA_PHASE: phase,
    REDOMA_PLAN: plan,
    REDOMA_RUN: String(run),
    ...(state === undefined ? {} : { REDOMA_STATE: state }),
  }
  // However much it prints, only the end is kept.
  const limits = { milliseconds: limitSeconds * 1000, outputBytes: Number.POSITIVE_INFINITY }
  let printed = Buffer.alloc(0)
  try {
    for await (const chunk of runProgram(argv, limits, signal, { environment }))
      printed = Buffer.concat([printed, chunk]).subarray(-keptBytes)
    return onOneLine(printed.toString())
  } catch (error) {
    signal.throwIfAborted()
    const last = onOneLine(printed.toString())
    const said = last === '' ? '' : `; it printed: ${last}`
    throw new RedomaError(
      'PROGRAM_FAILED',
      `the hook ${phase} (${argv[0] ?? ''}): ${messageOf(error)}${said}`,
      {
        hint: 'Start its program by hand and see. It has no environment but PATH, LANG and REDOMA_….',
        cause: error,
      },
    )
  }
}

const keptBytes = 500
