import { execFileSync } from 'node:child_process'
import { constants, fstatSync, lstatSync, lutimesSync, utimesSync } from 'node:fs'
import { constants as os } from 'node:os'
import { systemCode } from '../../core/errors.ts'
import type { FileCalls } from '../file-calls.ts'
import { statusOf } from '../file-status.ts'
import { notSupported, systemError } from '../system-error.ts'

/** What can be had of the file calls without C: no extended attributes, times to the microsecond, no holes, no sockets. */
export function portableFileCalls(): FileCalls {
  return {
    name: 'portable',
    extendedAttributes: false,
    status: (latin1Path) => statusOf(lstatSync(Buffer.from(latin1Path, 'latin1'), { bigint: true })),
    statusOfOpen: (fd) => statusOf(fstatSync(fd, { bigint: true })),
    listExtendedAttributes: () => [],
    getExtendedAttribute() {
      throw notSupported('getxattr', undefined)
    },
    setExtendedAttribute() {
      throw notSupported('setxattr', undefined)
    },
    removeExtendedAttribute() {
      throw notSupported('removexattr', undefined)
    },
    setTimes(file, accessNs, modifiedNs) {
      const times = [inSeconds(accessNs), inSeconds(modifiedNs)] as const
      // By that path, since futimes refuses a descriptor of O_PATH.
      if (typeof file === 'number') utimesSync(`/proc/self/fd/${file}`, ...times)
      else lutimesSync(Buffer.from(file), ...times)
    },
    makeNode,
    fromPage: (memory) => memory,
    nextData: (_fd, offset, fileSize) => (offset < fileSize ? { start: offset, end: fileSize } : undefined),
  }
}

/** As text, since Node takes a negative number (a time before 1970) for "now". */
function inSeconds(nanoseconds: bigint): string {
  const magnitude = nanoseconds < 0n ? -nanoseconds : nanoseconds
  const fraction = (magnitude % 1_000_000_000n).toString().padStart(9, '0')
  return `${nanoseconds < 0n ? '-' : ''}${magnitude / 1_000_000_000n}.${fraction}`
}

function makeNode(path: Uint8Array, mode: number, device: bigint): void {
  if (exists(path)) throw systemError(os.errno.EEXIST, 'mknod', path)
  const permissions = (mode & 0o7777).toString(8)
  switch (mode & constants.S_IFMT) {
    case constants.S_IFIFO:
      runWithPath(['mkfifo', '-m', permissions, '--', '{}'], path)
      return
    case constants.S_IFBLK:
      runWithPath(['mknod', '-m', permissions, '--', '{}', 'b', ...majorAndMinor(device)], path)
      return
    case constants.S_IFCHR:
      runWithPath(['mknod', '-m', permissions, '--', '{}', 'c', ...majorAndMinor(device)], path)
      return
    default:
      throw notSupported('mknod', path)
  }
}

function exists(path: Uint8Array): boolean {
  try {
    lstatSync(Buffer.from(path))
    return true
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return false
    throw error
  }
}

/** Through `xargs -0`, since Node's arguments are text and a path is bytes. What is open here has another path there. */
function runWithPath(command: readonly string[], path: Uint8Array): void {
  const there = Buffer.from(path)
    .toString('latin1')
    .replace(/^\/proc\/self\//, `/proc/${process.pid}/`)
  try {
    execFileSync('xargs', ['-0', '-I', '{}', ...command], {
      input: Buffer.from(`${there}\0`, 'latin1'),
      stdio: ['pipe', 'ignore', 'pipe'],
    })
  } catch (error) {
    throw Object.assign(systemError(os.errno.EPERM, command[0] ?? 'xargs', path), { cause: error })
  }
}

/** Linux' `dev_t` (gnu_dev_major and gnu_dev_minor of glibc). */
function majorAndMinor(device: bigint): [string, string] {
  const major = ((device >> 8n) & 0xfffn) | ((device >> 32n) & ~0xfffn)
  const minor = (device & 0xffn) | ((device >> 12n) & ~0xffn)
  return [(major & 0xffffffffn).toString(), (minor & 0xffffffffn).toString()]
}
