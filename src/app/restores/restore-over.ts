import { readdir } from 'node:fs/promises'
import { systemCode } from '../../core/errors.ts'
import type { Proposal } from '../../ports/approval.ts'
import type { RestoreSystemRequest } from '../restore-system.ts'

/** What a second person is asked before anything is restored to where something is. */
export function restoreOver(
  id: string,
  {
    path,
    target,
    overwrite = 'always',
    deletes = 'nothing',
    include,
    exclude,
  }: Pick<RestoreSystemRequest, 'path' | 'target' | 'overwrite' | 'deletes' | 'include' | 'exclude'>,
): Proposal {
  return {
    danger: 'restore-over',
    subject: target,
    lines: [
      `restore snapshot ${id.slice(0, 8)}${path === undefined ? '' : `:${path}`} to ${target}, where something is`,
      `overwrite: ${overwrite}; delete: ${deletes}`,
      ...(include.length === 0 ? [] : [`include: ${include.join(' ')}`]),
      ...(exclude.length === 0 ? [] : [`exclude: ${exclude.join(' ')}`]),
    ],
  }
}

/** What is new loses nothing. What cannot be listed may be anything. */
export async function isAnythingIn(folder: string): Promise<boolean> {
  try {
    return (await readdir(folder)).length > 0
  } catch (error) {
    return systemCode(error) !== 'ENOENT'
  }
}
