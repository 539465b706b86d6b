import { constants } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { systemCode } from '../../core/errors.ts'

/** Pages of memory, and blocks of every disk, or whole numbers of them. */
const blockBytes = 4096
/** Below it, opening the file once more costs as much as it saves. */
const leastBytes = 1024 * 1024

/** One file that is being written. */
export interface PastCache extends AsyncDisposable {
  /** Says how much of the chunk it wrote: whole blocks, or nothing where the file system or the place of the chunk in memory does not allow it. */
  write(chunk: Uint8Array, position: number): Promise<number>
}

/**
 * Writes what it can of a file past the page cache (`O_DIRECT`, open(2)). A backup is written once and not read
 * soon: through the cache it would be copied once more (with 16 MiB packs three quarters of the system time of a backup),
 * and push out what the machine does need. `fsync` is due all the same, for the disk's own cache and the file's length.
 * The file is opened once more for it when the first chunk comes that is worth it; on a share each opening asks the server.
 *
 * @returns what throws the system's errors
 */
export function pastCache(path: string): PastCache {
  let opened: Promise<FileHandle | undefined> | undefined
  return {
    async write(chunk, position) {
      const length = chunk.length - (chunk.length % blockBytes)
      if (length < leastBytes || position % blockBytes !== 0) return 0
      opened ??= openDirectly(path)
      const file = await opened
      return file === undefined ? 0 : await writeBlocks(file, chunk.subarray(0, length), position)
    },
    async [Symbol.asyncDispose]() {
      // Where it could not be opened, who wrote was told.
      const file = await opened?.catch(() => undefined)
      await file?.close()
    },
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
