import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { markFolder, markName, parentOf, pathOf } from './names.ts'
import type { Transfers } from './transfers.ts'

/** Where the mark is at the destination. */
export function markAt(folder: string): string {
  return pathOf(folder, `${markFolder}/${markName}`)
}

/** Puts the mark into a local folder that something is sent from. */
export async function placeMark(root: string, folder: string): Promise<void> {
  const path = join(root, markAt(folder))
  await mkdir(dirname(path), { recursive: true, mode: 0o700 })
  await writeFile(path, 'Redoma syncs this file last, which makes durable what was sent before it.\n', {
    mode: 0o600,
  })
}

/**
 * Has rsync remove what is at these paths. Their parents are made in `root`, or rsync would warn that they have vanished; at the
 * destination none is made.
 *
 * @param root a local folder for this alone; remove it afterwards
 */
export async function removePaths(
  transfers: Transfers,
  root: string,
  folder: string,
  paths: readonly string[],
  signal: AbortSignal,
): Promise<void> {
  await placeMark(root, folder)
  for (const parent of new Set(paths.map(parentOf))) {
    await mkdir(join(root, parent), { recursive: true, mode: 0o700 })
  }
  await transfers.remove(root, [...paths, markAt(folder)], signal)
}
