import { lstatSync, readdirSync, unlinkSync } from 'node:fs'
import { systemCode } from '../../core/errors.ts'
import { joinRaw, pathArgument, type RawPath } from '../files/raw-path.ts'
import { isTemporaryName } from './temporary-path.ts'

/**
 * The names in a folder that was there before; none where there is no folder. What a restore that died left half-written in
 * it is removed, as nobody will finish it.
 */
export function existingEntries(folder: RawPath, dryRun: boolean): Set<RawPath> {
  const names = new Set(namesIn(folder))
  for (const name of names) {
    const path = joinRaw(folder, name)
    if (!isTemporaryName(name) || !lstatSync(pathArgument(path)).isFile()) continue
    if (!dryRun) unlinkSync(pathArgument(path))
    names.delete(name)
  }
  return names
}

export function namesIn(folder: RawPath): RawPath[] {
  try {
    if (lstatSync(pathArgument(folder)).isDirectory())
      return readdirSync(pathArgument(folder), 'latin1') as RawPath[]
  } catch (error) {
    if (systemCode(error) !== 'ENOENT' && systemCode(error) !== 'ENOTDIR') throw error
  }
  return []
}
