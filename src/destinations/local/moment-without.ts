import { readdir, statfs } from 'node:fs/promises'
import { setTimeout } from 'node:timers/promises'
import { temporaryPrefix } from './temporary.ts'

/** `f_type` of statfs(2): CIFS_SUPER_MAGIC and SMB2_SUPER_MAGIC. */
const cifsTypes: readonly number[] = [0xff534d42, 0xfe534d42]
/** 2.5 seconds in all: longer than two tries of who replaces an object that is read. */
const pausesMs = [20, 40, 80, 160, 320, 640, 1280]

/**
 * Opens what seems not to be there once more, where that may be so for a moment only: when an object is replaced that somebody reads, the kernel's
 * client of CIFS removes the old one first (cifs_rename2 of fs/smb/client/inode.c). While that goes on, the new one lies in the same folder.
 */
export async function openAfterMoment<T>(
  folder: string,
  open: () => Promise<T | undefined>,
): Promise<T | undefined> {
  if (!(await isOnCifs(folder))) return undefined
  for (const pause of pausesMs) {
    const isReplacing = (await readdir(folder)).some((name) => name.startsWith(temporaryPrefix))
    const opened = await open()
    if (opened !== undefined || !isReplacing) return opened
    await setTimeout(pause)
  }
  return undefined
}

async function isOnCifs(folder: string): Promise<boolean> {
  return cifsTypes.includes((await statfs(folder)).type)
}
