import { fstatSync, lstatSync, rmdirSync, unlinkSync } from 'node:fs'
import { joinRaw, type RawPath } from '../files/raw-path.ts'
import { entryProblem } from './entry-problem.ts'
import { namesIn } from './existing-entries.ts'
import { type HeldFolders, mountOf } from './held-folders.ts'
import type { Selection } from './selection.ts'

export interface RemoveExtraDeps {
  readonly folders: HeldFolders
  readonly selection: Selection
  readonly dryRun: boolean
  readonly onRemoved: (path: RawPath, bytes: number) => void
  readonly onProblem: (path: RawPath, message: string) => void
}

/**
 * Removes an entry that the snapshot does not have, with all that is in it and was asked for. Links are removed, not followed;
 * what is mounted there stays, another file system or another part of this one: nobody thinks of it as a part of the folder.
 *
 * @param relative seen from where the restore begins, as the selection sees it
 */
export function removeExtra(path: RawPath, relative: RawPath, deps: RemoveExtraDeps): void {
  const { folders } = deps
  const place = placeOf(folders.folder(folderOf(path)))
  remove(path, relative)

  function remove(entry: RawPath, seen: RawPath): void {
    try {
      const stat = lstatSync(folders.entry(entry), { throwIfNoEntry: false })
      if (stat === undefined) return
      if (!stat.isDirectory()) removeFile(entry, seen, stat.size)
      else if (placeOf(folders.folder(entry)) === place) removeFolder(entry, seen)
      else deps.onProblem(entry, 'is another file system, and is not deleted')
    } catch (error) {
      deps.onProblem(entry, `not deleted: ${entryProblem(error)}`)
    }
  }

  function removeFile(entry: RawPath, seen: RawPath, bytes: number): void {
    if (!deps.selection.takes(seen, false)) return
    if (!deps.dryRun) unlinkSync(folders.entry(entry))
    deps.onRemoved(entry, bytes)
  }

  function removeFolder(entry: RawPath, seen: RawPath): void {
    if (!deps.selection.enters(seen)) return
    for (const name of namesIn(entry, folders)) remove(joinRaw(entry, name), joinRaw(seen, name))
    if (!deps.selection.takes(seen, true)) return
    // What was left in it keeps it.
    if (!deps.dryRun && namesIn(entry, folders).length > 0) return
    if (!deps.dryRun) rmdirSync(folders.entry(entry))
    deps.onRemoved(entry, 0)
  }
}

/** A file system may be mounted in parts, and a mount may hold several (btrfs' subvolumes). */
function placeOf(fd: number): string {
  return `${fstatSync(fd).dev} ${mountOf(fd)}`
}

function folderOf(path: RawPath): RawPath {
  return (path.slice(0, path.lastIndexOf('/')) || '/') as RawPath
}
