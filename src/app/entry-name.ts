import { RedomaError } from '../core/errors.ts'
import { entryName } from '../ports/specs.ts'

/** @throws RedomaError `USAGE` for a name that looks like an option, a path or a list */
export function requireEntryName(kind: string, name: string): void {
  const parsed = entryName.safeParse(name)
  if (!parsed.success) throw usage(`the ${kind}'s name ${parsed.error.issues[0]?.message ?? ''}`)
}

export function usage(message: string): RedomaError {
  return new RedomaError('USAGE', message)
}
