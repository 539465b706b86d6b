import { lstatSync, readdirSync, unlinkSync } from 'node:fs'
import { systemCode } from '../../core/errors.ts'
import { joinRaw, type RawPath } from '../files/raw-path.ts'
import type { HeldFolders } from './held-folders.ts'
import { isTemporaryName } from './temporary-path.ts'

/**
 * The names in a folder that was there before; none where there is no folder. What a restore that died left half-written in
 * it is removed, as nobody will finish it.
 */
export function existingEntries(path: RawPath, dryRun: boolean, folders: HeldFolders): Set<RawPath> {
  const names = new Set(namesIn(path, folders))
  for (const name of names) {
    if (!isTemporaryName(name)) continue
    const entry = folders.entry(joinRaw(path, name))
    if (!lstatSync(entry).isFile()) continue
    if (!dryRun) unlinkSync(entry)
    names.delete(name)
  }
  return names
}

export function namesIn(path: RawPath, folders: HeldFolders): RawPath[] {
  try {
    return readdirSync(`/proc/self/fd/${folders.folder(path)}`, 'latin1') as RawPath[]
  } catch (error) {
    if (systemCode(error) !== 'ENOENT' && systemCode(error) !== 'ENOTDIR') throw error
  }
  return []
}
