import { linkSync, lstatSync } from 'node:fs'
import { type RawPath, shownPath } from '../files/raw-path.ts'
import type { HeldFolders } from './held-folders.ts'
import { clearPlace } from './place-entries.ts'
import type { PlannedFile } from './plan-files.ts'

/** A further name of a file that is written under its first. */
export interface HardLink {
  readonly path: RawPath
  readonly first: PlannedFile
  /** Whether something has that name already. */
  readonly isThere: boolean
}

/**
 * What became of it; `left` where its first name was left as it is, so that nothing is to be done.
 *
 * @throws RedomaError `PATH_UNSAFE`, and what the system says
 */
export function makeLink(
  { path, first, isThere }: HardLink,
  folders: HeldFolders,
): 'made' | 'unchanged' | 'left' | { readonly problem: string } {
  if (isThere && isSameFile(path, first.path, folders)) return 'unchanged'
  if (first.state === 'left') return 'left'
  if (first.state !== 'done')
    return { problem: `is another name of ${shownPath(first.path)}, which could not be restored` }
  const entry = folders.entry(path)
  clearPlace(entry)
  linkSync(folders.entry(first.path), entry)
  return 'made'
}

function isSameFile(path: RawPath, other: RawPath, folders: HeldFolders): boolean {
  const [a, b] = [path, other].map((one) =>
    lstatSync(folders.entry(one), { bigint: true, throwIfNoEntry: false }),
  )
  return a !== undefined && a.dev === b?.dev && a.ino === b.ino
}
