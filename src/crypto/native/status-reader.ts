import { constants } from 'node:os'
import type { FileCalls } from '../file-calls.ts'
import type { FileStatus, FileTime } from '../file-status.ts'
import { systemError } from '../system-error.ts'
import type { Door } from './door.ts'

const { EINVAL, ENAMETOOLONG } = constants.errno

const pathBytes = 4096
/** Of the kernel's `struct statx`, the same on every machine (linux/stat.h). */
const statusBytes = 256
const word = 2 ** 32

// AT_FDCWD, AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT and AT_EMPTY_PATH of fcntl.h; STATX_BASIC_STATS of linux/stat.h.
const currentFolder = -100
const asLstat = 0x100 | 0x800
const ofDescriptor = 0x1000
const basicStatus = 0x7ff

/** @throws whatever the door throws where this libc lacks statx (glibc before 2.28) */
export function statusReader(door: Door): Pick<FileCalls, 'status' | 'statusOfOpen'> {
  const statx = door.integer('statx', 'int', 'void *', 'int', 'unsigned int', 'void *')
  const path = Buffer.alloc(pathBytes + 1)
  const status = new DataView(new ArrayBuffer(statusBytes))
  const memory = new Uint8Array(status.buffer)
  return {
    status(latin1Path) {
      const length =
        latin1Path.length <= pathBytes ? path.write(latin1Path, 'latin1') : fail(ENAMETOOLONG, latin1Path)
      path[length] = 0
      // C would stop there, and tell of another file than was named.
      if (path.indexOf(0) !== length) fail(EINVAL, latin1Path)
      if (statx(currentFolder, path, asLstat, basicStatus, memory) !== 0) fail(door.lastErrno(), latin1Path)
      return statusIn(status)
    },
    statusOfOpen(fd) {
      path[0] = 0
      if (statx(fd, path, ofDescriptor, basicStatus, memory) !== 0) fail(door.lastErrno(), undefined)
      return statusIn(status)
    },
  }
}

function fail(errno: number, latin1Path: string | undefined): never {
  throw systemError(errno, 'statx', latin1Path === undefined ? undefined : Buffer.from(latin1Path, 'latin1'))
}

function statusIn(statx: DataView): FileStatus {
  return {
    links: statx.getUint32(16, true),
    uid: statx.getUint32(20, true),
    gid: statx.getUint32(24, true),
    mode: statx.getUint16(28, true),
    inode: inodeIn(statx),
    size: statx.getUint32(44, true) * word + statx.getUint32(40, true),
    blocks: statx.getUint32(52, true) * word + statx.getUint32(48, true),
    accessed: timeAt(statx, 64),
    changed: timeAt(statx, 96),
    modified: timeAt(statx, 112),
    specialDevice: deviceOf(statx.getUint32(128, true), statx.getUint32(132, true)),
    device: deviceOf(statx.getUint32(136, true), statx.getUint32(140, true)),
  }
}

function inodeIn(statx: DataView): number | bigint {
  const high = statx.getUint32(36, true)
  return high < 2 ** 21 ? high * word + statx.getUint32(32, true) : statx.getBigUint64(32, true)
}

function timeAt(statx: DataView, offset: number): FileTime {
  return {
    seconds: statx.getInt32(offset + 4, true) * word + statx.getUint32(offset, true),
    nanoseconds: statx.getUint32(offset + 8, true),
  }
}

/** As `makedev` of glibc and `st_dev` of the kernel put the two together. */
function deviceOf(major: number, minor: number): number {
  const low = (minor & 0xff) + (major & 0xfff) * 2 ** 8 + (minor >>> 8) * 2 ** 20
  return low + (major >>> 12) * 2 ** 44
}
