import type { PruneFigures } from '../../repository/pruning/plan-prune.ts'
import { count, formatBytes } from '../figures.ts'
import type { Style } from '../style.ts'
import { facts } from '../table.ts'

/** What a prune did, or would do. */
export function pruneLines(figures: PruneFigures, dryRun: boolean, style: Style): string[] {
  const left = figures.bytes - figures.freedBytes
  const share = left === 0 ? 0 : (100 * figures.unusedBytesLeft) / left
  const going = figures.removedPacks + figures.unindexedPacks
  const packs = count(figures.packs, 'pack')
  return facts(
    [
      [dryRun ? 'would free' : 'freed', style.bold(formatBytes(figures.freedBytes))],
      ['stored before', `${formatBytes(figures.bytes)} in ${packs}`],
      ['stored after', formatBytes(left)],
      ['of that unused', `${formatBytes(figures.unusedBytesLeft)} (${share.toFixed(1)} %)`],
      ['packs removed', going.toLocaleString('en-US')],
      [
        'packs written anew',
        `${figures.repackedPacks.toLocaleString('en-US')}, ${formatBytes(figures.repackedBytes)}`,
      ],
    ],
    style,
  )
}
