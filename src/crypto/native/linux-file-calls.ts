import { constants } from 'node:os'
import type { FileCalls } from '../file-calls.ts'
import { portableFileCalls } from '../portable/file-calls.ts'
import { systemError } from '../system-error.ts'
import { cStrings } from './c-string.ts'
import type { Door } from './door.ts'
import { extendedAttributeCalls } from './extended-attributes.ts'
import { onOpen, pathOf } from './on-open.ts'
import { statusReader } from './status-reader.ts'

const { EINVAL, ENAMETOOLONG, ENOSYS, ENXIO, EOPNOTSUPP } = constants.errno

/**
 * The file calls of libc, on Linux with 64 bits.
 *
 * @throws whatever the door throws where this libc lacks one
 */
export function linuxFileCalls(door: Door): FileCalls {
  return {
    name: 'native',
    extendedAttributes: true,
    ...statusReader(door),
    ...extendedAttributeCalls(door),
    ...timeSetters(door),
    makeNode: nodeMaker(door),
    fromPage: (memory) => memory.subarray(Number(-door.addressOf(memory) & (pageBytes - 1n))),
    nextData: dataFinder(door),
  }
}

const pathBytes = 4096
const pageBytes = 4096n
// AT_FDCWD and AT_SYMLINK_NOFOLLOW of fcntl.h.
const currentFolder = -100
const neverFollow = 0x100

function timeSetters(door: Door): Pick<FileCalls, 'setTimes'> {
  const setTimes = door.integer('utimensat', 'int', 'void *', 'void *', 'int')
  const setTimesOfOpen = door.integer('futimens', 'int', 'void *')
  const inC = cStrings(pathBytes, ENAMETOOLONG)
  /** Two of C's `timespec`: seconds, nanoseconds. */
  const times = new BigInt64Array(4)
  return {
    setTimes(file, accessNs, modifiedNs) {
      times.set([...timespec(accessNs), ...timespec(modifiedNs)])
      const result =
        typeof file === 'number'
          ? onOpen(
              door,
              file,
              (fd) => setTimesOfOpen(fd, times),
              (path) => setTimes(currentFolder, inC(path, 'utimensat', path), times, 0),
            )
          : setTimes(currentFolder, inC(file, 'utimensat', file), times, neverFollow)
      if (result !== 0) throw systemError(door.lastErrno(), 'utimensat', pathOf(file))
    },
  }
}

/** The nanoseconds count up from the second before, for times before 1970 too. */
function timespec(nanoseconds: bigint): [bigint, bigint] {
  const second = 1_000_000_000n
  const fraction = ((nanoseconds % second) + second) % second
  return [(nanoseconds - fraction) / second, fraction]
}

function nodeMaker(door: Door): FileCalls['makeNode'] {
  const mknod = optional(() => door.integer('mknod', 'void *', 'unsigned int', 'uint64_t'))
  // Before glibc 2.33 it was no function but a macro.
  const portable = portableFileCalls()
  const inC = cStrings(pathBytes, ENAMETOOLONG)
  return (path, mode, device) => {
    if (mknod === undefined) portable.makeNode(path, mode, device)
    else if (mknod(inC(path, 'mknod', path), mode, device) !== 0)
      throw systemError(door.lastErrno(), 'mknod', path)
  }
}

function optional<T>(find: () => T): T | undefined {
  try {
    return find()
  } catch {
    return undefined
  }
}

// SEEK_DATA and SEEK_HOLE of unistd.h.
const seekData = 3
const seekHole = 4

function dataFinder(door: Door): FileCalls['nextData'] {
  const lseek = door.long('lseek', 'int64_t', 'int', 'int64_t', 'int')
  return (fd, offset, fileSize) => {
    if (offset >= fileSize) return undefined
    const start = lseek(fd, offset, seekData)
    if (start < 0) return afterFailure(door.lastErrno(), offset, fileSize)
    if (start >= fileSize) return undefined
    const hole = lseek(fd, start, seekHole)
    // Another process may cut the file meanwhile; then reading will show where it ends.
    return { start, end: hole < 0 ? fileSize : Math.min(hole, fileSize) }
  }
}

function afterFailure(errno: number, offset: number, fileSize: number): ReturnType<FileCalls['nextData']> {
  if (errno === ENXIO) return undefined
  if (errno === EINVAL || errno === EOPNOTSUPP || errno === ENOSYS) return { start: offset, end: fileSize }
  throw systemError(errno, 'lseek', undefined)
}
