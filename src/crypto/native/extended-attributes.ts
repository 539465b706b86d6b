import { constants } from 'node:os'
import type { FileCalls } from '../file-calls.ts'
import { systemError } from '../system-error.ts'
import { cStrings } from './c-string.ts'
import type { Door } from './door.ts'

const { ENAMETOOLONG, ENOTSUP, ERANGE } = constants.errno

/** The kernel's limit on a value and on a list of names (XATTR_SIZE_MAX, XATTR_LIST_MAX). */
const longestBytes = 64 * 1024
/** Nearly always enough. The kernel allocates and clears as much as it is offered: 64 KiB would cost 0.7 µs a file. */
const usualBytes = 1024

type AttributeCalls = Pick<
  FileCalls,
  'listExtendedAttributes' | 'getExtendedAttribute' | 'setExtendedAttribute' | 'removeExtendedAttribute'
>

/** @throws whatever the door throws where this libc lacks one of the calls (they are Linux' own) */
export function extendedAttributeCalls(door: Door): AttributeCalls {
  const list = door.long('llistxattr', 'intptr_t', 'void *', 'void *', 'intptr_t')
  const listOpen = door.long('flistxattr', 'intptr_t', 'int', 'void *', 'intptr_t')
  const get = door.long('lgetxattr', 'intptr_t', 'void *', 'void *', 'void *', 'intptr_t')
  const getOpen = door.long('fgetxattr', 'intptr_t', 'int', 'void *', 'void *', 'intptr_t')
  const set = door.integer('lsetxattr', 'void *', 'void *', 'void *', 'intptr_t', 'int')
  const remove = door.integer('lremovexattr', 'void *', 'void *')
  const read = attributeReader(door)
  const inC = cStrings(4096, ENAMETOOLONG)
  const nameInC = cStrings(255, ERANGE)
  const inPath = (
    path: Uint8Array,
    syscall: string,
    call: (cPath: Uint8Array, buffer: Uint8Array) => number,
  ): ((buffer: Uint8Array) => number) => {
    const cPath = inC(path, syscall, path)
    return (buffer) => call(cPath, buffer)
  }
  return {
    listExtendedAttributes(file) {
      const names = read(
        typeof file === 'number'
          ? (buffer) => listOpen(file, buffer, buffer.length)
          : inPath(file, 'llistxattr', (cPath, buffer) => list(cPath, buffer, buffer.length)),
      )
      if (names instanceof Uint8Array) return split(names)
      if (names === ENOTSUP) return []
      throw systemError(names, 'llistxattr', pathOf(file))
    },
    getExtendedAttribute(file, name) {
      const cName = nameInC(name, 'lgetxattr', pathOf(file))
      const value = read(
        typeof file === 'number'
          ? (buffer) => getOpen(file, cName, buffer, buffer.length)
          : inPath(file, 'lgetxattr', (cPath, buffer) => get(cPath, cName, buffer, buffer.length)),
      )
      if (value instanceof Uint8Array) return value.slice()
      throw systemError(value, 'lgetxattr', pathOf(file))
    },
    setExtendedAttribute(path, name, value) {
      const cPath = inC(path, 'lsetxattr', path)
      const result = set(cPath, nameInC(name, 'lsetxattr', path), value, value.length, 0)
      if (result !== 0) throw systemError(door.lastErrno(), 'lsetxattr', path)
    },
    removeExtendedAttribute(path, name) {
      const cPath = inC(path, 'lremovexattr', path)
      if (remove(cPath, nameInC(name, 'lremovexattr', path)) === 0) return
      throw systemError(door.lastErrno(), 'lremovexattr', path)
    },
  }
}

function pathOf(file: Uint8Array | number): Uint8Array | undefined {
  return typeof file === 'number' ? undefined : file
}

/** Lets a call fill a buffer; gives what was filled, good until the next read, or the `errno`. */
function attributeReader(door: Door): (call: (buffer: Uint8Array) => number) => Uint8Array | number {
  const usual = new Uint8Array(usualBytes)
  return (call) => {
    const length = call(usual)
    if (length >= 0) return usual.subarray(0, length)
    const errno = door.lastErrno()
    if (errno !== ERANGE) return errno
    const longest = new Uint8Array(longestBytes)
    const fullLength = call(longest)
    return fullLength >= 0 ? longest.subarray(0, fullLength) : door.lastErrno()
  }
}

/** A list of names, each with a zero at its end. */
function split(list: Uint8Array): Uint8Array[] {
  if (list.length === 0) return []
  const names: Uint8Array[] = []
  let start = 0
  for (let end = list.indexOf(0); end >= 0; end = list.indexOf(0, start)) {
    names.push(list.slice(start, end))
    start = end + 1
  }
  return names
}
