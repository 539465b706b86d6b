import { dirname } from 'node:path'
import type { MountPointOf } from '../cli/services.ts'
import { systemCode } from '../core/errors.ts'
import { findMount, isNetworkFileSystem, type Mount } from '../destinations/mounts/mount-table.ts'

export const mountPointOf: MountPointOf = async (path, kind) => {
  const { point, type } = await mountAbove(path)
  if (point === '/' || (kind === 'network' && !isNetworkFileSystem(type))) return undefined
  return point
}

async function mountAbove(path: string): Promise<Mount> {
  try {
    return await findMount(path)
  } catch (error) {
    const parent = dirname(path)
    if (systemCode(error) !== 'ENOENT' || parent === path) throw error
    return mountAbove(parent)
  }
}
