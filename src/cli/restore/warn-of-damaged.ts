import type { DamagedSnapshot } from '../../repository/snapshots/list-snapshots.ts'
import type { Context } from '../context.ts'
import { printable } from '../printable.ts'

/** Names the files of snapshots that cannot be read at a place (`undefined`: the only one). */
export function warnOfDamaged(
  { terminal }: Context,
  at: string | undefined,
  damaged: readonly DamagedSnapshot[],
  consequence: string,
): void {
  for (const { id } of damaged) {
    const where = at === undefined ? '' : `${printable(at)}: `
    terminal.note(
      `${terminal.noteStyle.yellow('warning:')} ${where}snapshots/${id} is damaged: ${consequence}`,
    )
  }
}
