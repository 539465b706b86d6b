import type { Context } from '../context.ts'
import { exitCodes } from '../exit-codes.ts'
import { printable } from '../printable.ts'

/** Reading from another repository than the one that is known harms nothing, and may be all that is left: it is only told. */
export function warnOfExchanged(
  context: Context,
  { name = '', knownId }: { readonly name?: string; readonly knownId?: string | undefined },
  found: string,
): void {
  if (knownId === undefined || knownId === found) return
  const { terminal } = context
  const ids = `${found.slice(0, 10)}, and not ${knownId.slice(0, 10)} as before`
  terminal.note(
    `${terminal.noteStyle.yellow('warning:')} ${printable(name)}: the repository is another one: ${ids}`,
  )
  context.finish(exitCodes.warnings)
}
