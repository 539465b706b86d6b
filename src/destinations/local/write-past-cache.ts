import { constants } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { systemCode } from '../../core/errors.ts'

/** Pages of memory, and blocks of every disk, or whole numbers of them. */
const blockBytes = 4096
/** Below it, opening the file once more costs as much as it saves. */
const leastBytes = 1024 * 1024

/**
 * Writes what it can of the chunk past the page cache (`O_DIRECT`, open(2)), and says how much that was: whole blocks, or
 * nothing where the file system or the place of the chunk in memory does not allow it. A backup is written once and not read
 * soon: through the cache it would be copied once more (with 16 MiB packs three quarters of the system time of a backup),
 * and push out what the machine does need. `fsync` is due all the same, for the disk's own cache and the file's length.
 *
 * @throws the system's errors
 */
export async function writePastCache(path: string, chunk: Uint8Array, position: number): Promise<number> {
  const length = chunk.length - (chunk.length % blockBytes)
  if (length < leastBytes || position % blockBytes !== 0) return 0
  const file = await openDirectly(path)
  if (file === undefined) return 0
  try {
    return await writeBlocks(file, chunk.subarray(0, length), position)
  } finally {
    await file.close()
  }
}

async function openDirectly(path: string): Promise<FileHandle | undefined> {
  try {
    return await open(path, constants.O_WRONLY | constants.O_DIRECT | constants.O_NOFOLLOW)
  } catch (error) {
    if (isRefusal(error)) return undefined
    throw error
  }
}

async function writeBlocks(file: FileHandle, blocks: Uint8Array, position: number): Promise<number> {
  let written = 0
  try {
    while (written < blocks.length) {
      const left = blocks.length - written
      const { bytesWritten } = await file.write(blocks, written, left, position + written)
      written += bytesWritten
    }
  } catch (error) {
    if (!isRefusal(error)) throw error
  }
  return written
}

function isRefusal(error: unknown): boolean {
  return systemCode(error) === 'EINVAL' || systemCode(error) === 'EOPNOTSUPP'
}
