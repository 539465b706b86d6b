import { unlinkSync } from 'node:fs'
import { systemCode } from '../../core/errors.ts'
import type { HeldFolders } from './held-folders.ts'
import type { FilePlan } from './plan-files.ts'
import { temporaryPathOf } from './temporary-path.ts'

/** Takes away what was begun and is not whole. After a crash it stays, under a name that says what it is. */
export function removeUnfinished(plan: FilePlan, mark: string, folders: HeldFolders): void {
  for (const { path, number, state } of plan.files) {
    if (state !== 'begun' && state !== 'failed') continue
    try {
      unlinkSync(folders.entry(temporaryPathOf(path, mark, number)))
    } catch (error) {
      if (systemCode(error) === undefined) throw error // Otherwise there is nothing, or nothing to be done about it.
    }
  }
}
