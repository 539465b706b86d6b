import { writeFileSync } from 'node:fs'
import { mkdir, truncate, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { callMount, isRefused, type MountedDisk, mountRefused } from './mounting.ts'
import { temporaryFolder } from './temporary-folder.ts'

export interface BlockDisk extends MountedDisk {
  /** As a disk that is pulled out: whatever is asked of it fails with EIO, until `replug`. */
  pull(): void
  /** As Linux does it after an error in the file system, also under those who are writing: read-only, until `replug`. */
  becomeReadOnly(): void
  /** Put in again, and looked over, as at any start of a machine. */
  replug(): void
  /** Its last part cannot be read any more: EIO. What was written is on the disk, and nowhere else, by then. */
  losePart(fromMebibyte: number): Promise<void>
  /** Empty, and whole again. */
  renew(): Promise<void>
}

/** An ext4 on a loop device of so many mebibytes. */
export async function blockDisk(mebibytes: number): Promise<BlockDisk> {
  const folder = await temporaryFolder()
  const path = join(folder.path, 'disk')
  const image = join(folder.path, 'image')
  const size = mebibytes * 1024 * 1024
  await mkdir(path)
  await writeFile(image, '')
  await truncate(image, size)
  const format = (at: string): string => callMount('mkfs.ext4', '-q', '-F', '-O', '^has_journal', at)
  format(image)
  const device = callMount('losetup', '--find', '--show', image).trim()
  const plug = (): string => callMount('mount', '-o', 'errors=remount-ro', device, path)
  const unplug = (): string => callMount('umount', path)
  plug()
  return {
    path,
    pull: () => callMount('perl', '-e', shutDown, path),
    becomeReadOnly: () => {
      writeFileSync(`/sys/fs/ext4/${basename(device)}/trigger_fs_error`, 'by a test')
    },
    replug: () => {
      unplug()
      callMount('sh', '-c', 'e2fsck -fy "$0" > /dev/null 2>&1 || [ $? -le 1 ]', device)
      plug()
    },
    async losePart(fromMebibyte) {
      unplug()
      await truncate(image, fromMebibyte * 1024 * 1024)
      plug()
    },
    async renew() {
      unplug()
      await truncate(image, size)
      format(device)
      plug()
    },
    async [Symbol.asyncDispose]() {
      unplug()
      callMount('losetup', '--detach', device)
      await folder[Symbol.asyncDispose]()
    },
  }
}

/** FS_IOC_SHUTDOWN (linux/fs.h), without writing anything out before. */
const shutDown =
  '$flag = pack("L", 2); open(F, "<", $ARGV[0]) && ioctl(F, 0x8004587d, $flag) or die "shutdown: $!"'

/** The same of loop devices. */
export function loopRefused(): boolean {
  return mountRefused() || isRefused('losetup', '--find')
}
