import type { FileProblem } from '../repository/repository.ts'
import type { Context } from './context.ts'
import { exitCodes } from './exit-codes.ts'
import { printable } from './printable.ts'

/** Tells of something that was left out: the command is done with warnings. */
export function warn(context: Context, { path, message }: FileProblem): void {
  const { terminal } = context
  terminal.note(`${terminal.noteStyle.yellow('warning:')} ${printable(path)}: ${printable(message)}`)
  context.finish(exitCodes.warnings)
}
