import { lstatSync, rmdirSync, unlinkSync } from 'node:fs'
import { messageOf, systemCode } from '../../core/errors.ts'
import { joinRaw, pathArgument, type RawPath } from '../files/raw-path.ts'
import { namesIn } from './existing-entries.ts'
import type { Selection } from './selection.ts'

export interface RemoveExtraDeps {
  readonly selection: Selection
  readonly dryRun: boolean
  readonly onRemoved: (path: RawPath, bytes: number) => void
  readonly onProblem: (path: RawPath, message: string) => void
}

/**
 * Removes an entry that the snapshot does not have, with all that is in it and was asked for. Links are removed, not followed;
 * another file system that is mounted there stays, for nobody thinks of it as a part of the folder.
 *
 * @param relative seen from where the restore begins, as the selection sees it
 */
export function removeExtra(path: RawPath, relative: RawPath, deps: RemoveExtraDeps): void {
  const device = lstatSync(pathArgument(folderOf(path))).dev
  remove(path, relative)

  function remove(entry: RawPath, seen: RawPath): void {
    const stat = lstatSync(pathArgument(entry), { throwIfNoEntry: false })
    if (stat === undefined) return
    try {
      if (!stat.isDirectory()) removeFile(entry, seen, stat.size)
      else if (stat.dev === device) removeFolder(entry, seen)
      else deps.onProblem(entry, 'is another file system, and is not deleted')
    } catch (error) {
      if (systemCode(error) === undefined) throw error
      deps.onProblem(entry, `not deleted: ${messageOf(error)}`)
    }
  }

  function removeFile(entry: RawPath, seen: RawPath, bytes: number): void {
    if (!deps.selection.takes(seen, false)) return
    if (!deps.dryRun) unlinkSync(pathArgument(entry))
    deps.onRemoved(entry, bytes)
  }

  function removeFolder(entry: RawPath, seen: RawPath): void {
    if (!deps.selection.enters(seen)) return
    for (const name of namesIn(entry)) remove(joinRaw(entry, name), joinRaw(seen, name))
    if (!deps.selection.takes(seen, true)) return
    // What was left in it keeps it.
    if (!deps.dryRun && namesIn(entry).length > 0) return
    if (!deps.dryRun) rmdirSync(pathArgument(entry))
    deps.onRemoved(entry, 0)
  }
}

function folderOf(path: RawPath): RawPath {
  return (path.slice(0, path.lastIndexOf('/')) || '/') as RawPath
}
