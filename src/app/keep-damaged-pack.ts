import { createHash } from 'node:crypto'
import { mkdir, open, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { messageOf, RedomaError } from '../core/errors.ts'
import type { ObjectId } from '../repository/ids.ts'

/**
 * Writes a damaged pack into a folder (made with 0700 where it is not there yet) as a file `PACK.HASH` (0600), safe against loss of
 * power when this returns, and gives its path. Named by what is in it: to keep the same twice is to keep it once.
 *
 * @throws RedomaError `FILE_FAILED`
 */
export async function keepDamagedPack(folder: string, pack: ObjectId, bytes: Uint8Array): Promise<string> {
  const hash = createHash('sha256').update(bytes).digest('hex')
  const path = join(folder, `${pack}.${hash.slice(0, 8)}`)
  const unfinished = `${path}.tmp`
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 })
    await writeSynced(unfinished, bytes)
    await rename(unfinished, path)
    for (const each of [folder, dirname(folder), dirname(dirname(folder))]) await syncFolder(each)
    return path
  } catch (error) {
    await rm(unfinished, { force: true }).catch(() => undefined)
    throw new RedomaError('FILE_FAILED', `data/${pack} cannot be kept in ${folder}: ${messageOf(error)}`, {
      hint: 'Nothing was removed. Free space there, or name a folder that has room: --keep-in DIR',
      cause: error,
    })
  }
}

async function writeSynced(path: string, bytes: Uint8Array): Promise<void> {
  await using file = await open(path, 'w', 0o600)
  await file.writeFile(bytes)
  await file.sync()
}

async function syncFolder(path: string): Promise<void> {
  await using folder = await open(path, 'r')
  await folder.sync()
}
