import { type FileHandle, open, statfs } from 'node:fs/promises'

/** `f_type` of statfs(2): of tmpfs and ramfs. */
const ramDiskTypes: readonly number[] = [0x01021994, 0x858458f6]
/** `O_TMPFILE | O_RDWR` of fcntl.h, which Node does not name. */
const namelessFlags = 0o20200002

/** Where RAM disks are usual. */
export const usualRamDisks = ['/dev/shm', '/run'] as const

/**
 * A file for what a child process has to be told in secret: readable by its owner alone, on a RAM disk and without a name. Nobody finds it but by the
 * descriptor, and it is gone with the last process that has that, however that ends. Close it.
 *
 * @returns `undefined` where none of the folders is a RAM disk
 */
export async function openRamFile(
  content: string,
  folders: readonly string[] = usualRamDisks,
): Promise<FileHandle | undefined> {
  const folder = await findRamDisk(folders)
  if (folder === undefined) return undefined
  const file = await open(folder, namelessFlags, 0o600)
  try {
    await file.writeFile(content)
    return file
  } catch (error) {
    await file.close()
    throw error
  }
}

async function findRamDisk(folders: readonly string[]): Promise<string | undefined> {
  for (const folder of folders) {
    const type = await statfs(folder).then(
      (found) => found.type,
      () => undefined,
    )
    if (type !== undefined && ramDiskTypes.includes(type)) return folder
  }
  return undefined
}
