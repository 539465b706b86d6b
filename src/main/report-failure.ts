import type { ExitCode } from '../cli/exit-codes.ts'
import { describeFailure, exitCodeOf, failureLines } from '../cli/failure.ts'
import type { Terminal } from '../cli/terminal.ts'

/** Says what went wrong, and gives the exit code for it. */
export function reportFailure(error: unknown, terminal: Terminal, debug: boolean): ExitCode {
  terminal.note(...failureLines(describeFailure(error), terminal.noteStyle))
  if (debug && error instanceof Error) terminal.note(stackOf(error))
  return exitCodeOf(error)
}

function stackOf(error: Error): string {
  const stack = error.stack ?? error.message
  return error.cause instanceof Error ? `${stack}\ncaused by ${stackOf(error.cause)}` : stack
}
