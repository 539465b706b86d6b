import { mkdir, readdir, realpath } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { RedomaError, systemCode } from '../../core/errors.ts'
import { mountAt, readMounts } from './mount-table.ts'

/** The mount point is not looked into: a server that hangs may be mounted there. */
export async function makePoint(folder: string): Promise<string> {
  await mkdir(dirname(folder), { recursive: true, mode: 0o700 })
  const point = join(await realpath(dirname(folder)), basename(folder))
  try {
    // Nobody but root can write to it while nothing is mounted.
    await mkdir(point, { mode: 0o500 })
  } catch (error) {
    if (systemCode(error) !== 'EEXIST') throw error
  }
  return point
}

/**
 * Whether nothing lies in the mount point, and nothing is mounted there.
 *
 * @throws RedomaError `DESTINATION_FAILED` for what was written there while nothing was mounted, and would be hidden
 */
export async function isEmpty(point: string): Promise<boolean> {
  const entries = await readdir(point)
  // Another process may have mounted it just now.
  if (mountAt(await readMounts(), point) !== undefined) return false
  if (entries.length === 0) return true
  throw new RedomaError('DESTINATION_FAILED', `something lies in ${point}, where nothing is mounted`, {
    hint: 'Look what it is, and move it away: it is on this machine, and not at the destination.',
  })
}
