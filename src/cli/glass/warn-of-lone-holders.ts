import type { NamedScheme } from '../../bundle/ceremony/make-key.ts'
import { opensAlone } from '../../bundle/ceremony/opens-alone.ts'
import type { Guardian } from '../../ports/guardian.ts'
import { printable } from '../printable.ts'
import type { Terminal } from '../terminal.ts'

/** A quorum of several shares that one guardian, or one key, has all of is none: said, and left to whoever holds the ceremony. */
export function warnOfLoneHolders(
  { note, noteStyle }: Pick<Terminal, 'note' | 'noteStyle'>,
  scheme: NamedScheme,
  sealedTo: ReadonlyMap<number, string>,
  keepers: ReadonlyMap<number, Guardian>,
): void {
  const holders = [
    ...[...keepers].map(([number, { name }]) => [number, name] as const),
    ...[...sealedTo].map(([number, key]) => [number, `the key ${withoutComment(key)}`] as const),
  ]
  for (const [holder, held] of Map.groupBy(holders, ([, name]) => name)) {
    const numbers = new Set(held.map(([number]) => number))
    if (numbers.size < 2 || !opensAlone(scheme, numbers)) continue
    const shown = printable(holder.length > 60 ? `${holder.slice(0, 40)}…${holder.slice(-12)}` : holder)
    note(`${noteStyle.yellow('warning:')} ${shown} gets enough shares to open everything alone.`)
  }
}

/** `ssh-ed25519 AAAA…` of two files is one key, whatever is written behind it. */
function withoutComment(key: string): string {
  return key.trim().split(/\s+/).slice(0, 2).join(' ')
}
