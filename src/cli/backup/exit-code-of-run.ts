import type { Run } from '../../ports/catalogue.ts'
import { type ExitCode, exitCodes } from '../exit-codes.ts'

/** Of one that has ended; the command that was interrupted itself ends by its signal. */
export function exitCodeOfRun({ state }: Pick<Run, 'state'>): ExitCode {
  switch (state.kind) {
    case 'done':
      return exitCodes.done
    case 'done-with-warnings':
      return exitCodes.warnings
    case 'running':
    case 'failed':
    case 'cancelled':
    case 'lost':
      return exitCodes.failed
  }
}
